/** The figures of try mode, asked for as runbooks ask. */
import { expect, test } from 'vitest'
import { manifest } from '../../tests/support/manifest.ts'
import { askPrometheus } from '../adapters/probe/prometheus.ts'
import { startSimulator } from './index.ts'

const now = new Date('2026-03-02T12:00:00Z')
const { signal } = new AbortController()

test.each([
  ['hours back it rises towards now', 180, (first: number, last: number) => last > 10 * first],
  ['half an hour back it is mended', 30, (first: number, last: number) => last < first / 10],
])('%s, and the series says that it is made up', async (_what, forMinutes, fits) => {
  const simulator = await startSimulator({ manifest })
  const query = 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
  const seen = await askPrometheus(simulator.url, { ask: 'prometheus', query, forMinutes }, { now, signal })
  await simulator.close()
  const [series] = seen.series
  expect(seen.outcome).toBe('ok')
  expect(series?.labels).toContain('made up')
  expect(fits(series?.points.at(0) ?? Number.NaN, series?.points.at(-1) ?? Number.NaN)).toBe(true)
})

test('a question without its time is refused as Prometheus refuses it', async () => {
  const simulator = await startSimulator({ manifest })
  const answer = await fetch(`${simulator.url}/api/v1/query_range`, { method: 'POST', body: 'query=up' })
  await simulator.close()
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ status: 'error', errorType: 'bad_data' })
})
