/**
 * As much of Prometheus as try mode needs: a figure for every question, and how it came there. It measures nothing. What
 * looks back over hours rises towards now, as when something is wrong; what looks back over half an hour falls, as when
 * somebody mended it. The one series says that it is made up.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from './faults.ts'

// The last of them has no runbook: so that a report of what is missing has something to say.
const rules = ['HighErrorRate', 'HighLatency', 'ServiceDown', 'QueueGrows'].map((name) => ({
  type: 'alerting',
  name,
  labels: {},
  annotations: {},
}))

export function createPrometheus() {
  return {
    /** True when it was for us. */
    handle(req: IncomingMessage, res: ServerResponse, body: string): boolean {
      if (req.url?.startsWith('/api/v1/rules')) {
        send(res, { status: 200, body: { status: 'success', data: { groups: [{ name: 'made up', rules }] } } })
        return true
      }
      if (req.url !== '/api/v1/query_range') return false
      const asked = new URLSearchParams(body)
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asked.get(name)))
      if (!start || !end || !step || end < start) {
        send(res, {
          status: 400,
          body: { status: 'error', errorType: 'bad_data', error: 'start, end or step is missing' },
        })
        return true
      }
      const values = pointsOf(asked.get('query') ?? '', { start, end, step })
      const result = [{ metric: { figures: 'made up' }, values }]
      send(res, { status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } })
      return true
    },
  }
}

const shortest = 30 * 60

function pointsOf(query: string, { start, end, step }: { start: number; end: number; step: number }) {
  const [calm, bad] = rangeOf(query)
  const isMended = end - start <= shortest
  const count = Math.min(Math.floor((end - start) / step), 1_000) + 1
  return Array.from({ length: count }, (_, index) => {
    const way = index / Math.max(count - 1, 1)
    const trouble = isMended ? 1 - Math.min(way * 2, 1) : Math.max((way - 0.7) / 0.3, 0)
    const wave = 1 + 0.05 * Math.sin(index)
    return [start + index * step, String(Number(((calm + (bad - calm) * trouble) * wave).toPrecision(3)))]
  })
}

/** How it is on a quiet day and on a bad one, by the look of the question. */
function rangeOf(query: string): [number, number] {
  if (query.includes('histogram_quantile')) return [0.18, 2.4]
  if (/\b(up|pg_up)\b/.test(query)) return [1, 1]
  if (query.includes('/')) return [0.0006, 0.12]
  return [12, 48]
}
