import { expect, test } from 'vitest'
import { isStale, matching, type Occasion, readLibrary, search } from './library.ts'

const page = (name: string, head: string) => ({
  file: `runbooks/${name}.md`,
  text: `---\n${head}\n---\n## Diagnosis\n1. Look at ${name}.\n`,
})
const library = readLibrary([
  page('high-latency', 'title: High latency\nalerts: [HighLatency]'),
  page('high-error-rate', 'title: High error rate\nalerts: [HighErrorRate, ErrorBudgetBurn]'),
  page('checkout-latency', 'title: Slow checkout\nalerts: [HighLatency]\nservices: [checkout]'),
  page('pool', 'title: Connection pool exhaustion\nmatchers: [\'component="pool"\']'),
  page('search', 'title: Search is odd\nservices: [search]'),
  page('broken', 'tilte: no'),
])
const occasion: Occasion = { labels: {}, pointers: [], service: null, severity: 'P2' }
const names = (given: Partial<Occasion>) => {
  const { runbooks, isSure } = matching(library, { ...occasion, ...given })
  return [runbooks.map((runbook) => runbook.name), isSure]
}

test('one that cannot be read does not keep the others away', () => {
  expect(library.runbooks).toHaveLength(5)
  expect(library.problems).toMatchObject([{ file: 'runbooks/broken.md', line: 2 }])
})

test('the one that the alert points at comes first, by name, path or address', () => {
  for (const pointer of ['pool', 'runbooks/pool.md', 'https://wiki.example.com/runbooks/Pool.md#steps'])
    expect(names({ pointers: [pointer], labels: { alertname: 'HighLatency' } })).toEqual([['pool'], true])
})

test('else those that name the alert, for this service or for all', () => {
  expect(names({ labels: { alertname: 'ErrorBudgetBurn' } })).toEqual([['high-error-rate'], true])
  expect(names({ labels: { alertname: 'HighLatency' } })).toEqual([['high-latency'], true])
  // Two fit: somebody chooses.
  expect(names({ labels: { alertname: 'HighLatency' }, service: 'checkout' })).toEqual([
    ['high-latency', 'checkout-latency'],
    false,
  ])
})

test('else those whose matchers fit, else those of the service, which are only offered', () => {
  expect(names({ labels: { component: 'pool' } })).toEqual([['pool'], true])
  expect(names({ service: 'search' })).toEqual([['search'], false])
  expect(names({ service: 'payments' })).toEqual([[], false])
})

test('a few words find it, with slips of the fingers too', () => {
  const first = (words: string) => search(library, words)[0]?.name
  expect(first('connection pool')).toBe('pool')
  expect(first('conection pol exhaustion')).toBe('pool')
  expect(first('error budget')).toBe('high-error-rate')
  expect(first('slow checkuot')).toBe('checkout-latency')
  expect(search(library, 'zzz')).toEqual([])
  expect(search(library, '')).toEqual([])
})

test('one that nobody looked at for its time is stale, and one that nobody ever did', () => {
  const now = new Date('2026-11-20T00:00:00Z')
  const quarter = 90 * 86_400_000
  expect(isStale({ reviewedAt: '2026-10-01', reviewEvery: quarter }, now)).toBe(false)
  expect(isStale({ reviewedAt: '2026-08-01', reviewEvery: quarter }, now)).toBe(true)
  expect(isStale({ reviewedAt: null, reviewEvery: quarter }, now)).toBe(true)
})
