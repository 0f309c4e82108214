/** A figure from Prometheus: its newest value, and the last while of it, by the HTTP API's range query. */
import { z } from 'zod'
import type { Question, Seen } from '../../core/effects.ts'
import { shorten } from '../../lib/text.ts'
import { reasonOf } from './address.ts'

type PrometheusQuestion = Extract<Question, { ask: 'prometheus' }>

const pointsWanted = 24
// A message shows a few of them, its page all.
const seriesMax = 100

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.string(),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
})
const Refusal = z.object({ status: z.literal('error'), error: z.string() })

export async function askPrometheus(
  baseUrl: string | null,
  { query, forMinutes }: PrometheusQuestion,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<Seen> {
  if (baseUrl === null) return unknown('no Prometheus is configured (PROMETHEUS_URL)')
  const end = now.getTime() / 1_000
  const parameters = new URLSearchParams({
    query,
    start: String(end - forMinutes * 60),
    end: String(end),
    step: String(Math.max(Math.round((forMinutes * 60) / pointsWanted), 1)),
  })
  try {
    const response = await fetch(`${baseUrl}/api/v1/query_range`, { method: 'POST', body: parameters, signal })
    return read(await response.json())
  } catch (error) {
    return unknown(`Prometheus does not answer: ${reasonOf(error)}`)
  }
}

function read(body: unknown): Seen {
  const refusal = Refusal.safeParse(body)
  if (refusal.success) return unknown(`Prometheus refuses the query: ${shorten(refusal.data.error, 200)}`)
  const answer = Answer.safeParse(body)
  if (!answer.success) return unknown('Prometheus answers something that is no result')
  const { result } = answer.data.data
  if (result.length === 0) return { outcome: 'unknown', summary: 'no data', series: [] }
  const series = result.slice(0, seriesMax).map(({ metric, values }) => {
    const points = values.map(([, value]) => Number(value))
    return { labels: labelsOf(metric), value: points.at(-1) ?? Number.NaN, points: points.slice(-pointsWanted) }
  })
  const more = result.length > seriesMax ? ` (the first ${seriesMax} of ${result.length} series)` : ''
  return { outcome: 'ok', summary: `${result.length === 1 ? 'one series' : `${result.length} series`}${more}`, series }
}

function labelsOf(metric: Readonly<Record<string, string>>): string {
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__')
  return shorten(labels.map(([name, value]) => `${name}=${value}`).join(', '), 120)
}

function unknown(summary: string): Seen {
  return { outcome: 'unknown', summary, series: [] }
}
