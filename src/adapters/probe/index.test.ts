import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { freshDatabaseUrl } from '../../../tests/support/database.ts'
import type { Expected, Question, Seen } from '../../core/effects.ts'
import { createProbe } from './index.ts'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function ask(
  question: Question,
  prometheusUrl: string | null = null,
  secretOf: (variable: string) => string | null = () => null,
): Promise<Seen> {
  const callback = { feature: 'x', id: '1', command: { type: 'x' } }
  const { observed } = await createProbe({ prometheusUrl, secretOf, timeoutMilliseconds: 300 }).deliver({
    id: '1',
    effect: { kind: 'probe.ask', question, whenDone: callback, whenGivenUp: callback },
    attempt: 1,
    isInDoubt: false,
    decidedAt: new Date(),
    now: new Date('2026-11-20T10:00:00Z'),
    observed: null,
    signal: new AbortController().signal,
  })
  return observed as Seen
}
const figure = (query: string): Question => ({ ask: 'prometheus', query, forMinutes: 60 })

test('Prometheus is asked for the last while, and the newest value of each series is told', async () => {
  const asked: string[] = []
  const url = await serve((req, res) => {
    req.on('data', (chunk) => asked.push(`${req.url} ${chunk}`))
    req.on('end', () =>
      res.end(
        JSON.stringify({
          status: 'success',
          data: {
            resultType: 'matrix',
            result: [
              {
                metric: { __name__: 'up', job: 'api' },
                values: [
                  [1, '0.5'],
                  [2, '0.75'],
                ],
              },
            ],
          },
        }),
      ),
    )
  })
  const seen = await ask(figure('up{job="api"}'), url)

  expect(seen).toEqual({
    outcome: 'ok',
    summary: 'one series',
    series: [{ labels: 'job=api', value: 0.75, points: [0.5, 0.75] }],
  })
  expect(asked.join()).toContain('/api/v1/query_range query=up%7Bjob%3D%22api%22%7D')
  expect(asked.join()).toContain('step=150')
})

test('no data, a refused query, an answer that is none, and no Prometheus at all are unknown, never well', async () => {
  const answering = (body: string) => serve((_req, res) => res.end(body))
  const empty = await answering('{"status":"success","data":{"resultType":"matrix","result":[]}}')
  const refusing = await answering('{"status":"error","errorType":"bad_data","error":"parse error"}')
  const strange = await answering('<html>')
  for (const [url, words] of [
    [empty, 'no data'],
    [refusing, 'refuses the query: parse error'],
    [strange, 'does not answer'],
    [null, 'no Prometheus is configured'],
  ] as const) {
    expect(await ask(figure('up'), url)).toMatchObject({ outcome: 'unknown', summary: expect.stringContaining(words) })
  }
})

test('an address is well when it answers as expected, and a redirect is not followed', async () => {
  const url = await serve((req, res) => res.writeHead(req.url === '/ok' ? 200 : 302, { location: '/ok' }).end())
  const check = (path: string) => ask({ ask: 'http', url: `${url}${path}`, expectStatus: 200 })

  expect(await check('/ok')).toMatchObject({ outcome: 'ok', summary: expect.stringContaining('answers 200') })
  expect(await check('/moved')).toMatchObject({ outcome: 'bad', summary: expect.stringContaining('200 was expected') })
})

test('an address that hangs or is not there is bad, and says so in time', async () => {
  const hanging = await serve(() => {})
  expect(await ask({ ask: 'http', url: hanging, expectStatus: 200 })).toMatchObject({
    outcome: 'bad',
    summary: 'does not answer: it takes too long',
  })
  expect(await ask({ ask: 'http', url: 'http://127.0.0.1:1', expectStatus: 200 })).toMatchObject({
    outcome: 'bad',
    summary: expect.stringContaining('does not answer'),
  })
})

describe('a row of a database', () => {
  const row = async (query: string, more: { values?: string[]; expect?: Expected; url?: string | null } = {}) => {
    const { values = [], expect: expected = null } = more
    const url = more.url === undefined ? await freshDatabaseUrl() : more.url
    const question = { ask: 'sql', urlVariable: 'SHOP_DATABASE_URL', secondsMax: 1, query, values } as const
    return ask({ ...question, expect: expected }, null, (name) => (name === 'SHOP_DATABASE_URL' ? url : null))
  }

  test('is shown by its columns, and held against what was expected', async () => {
    const two = "select 2 as stuck, 'checkout' as queue"
    expect(await row(two)).toMatchObject({ outcome: 'ok', summary: 'stuck = 2, queue = checkout' })
    expect(await row(two, { expect: { operator: '=', value: '2' } })).toMatchObject({ outcome: 'ok' })
    expect(await row(two, { expect: { operator: '<', value: '10' } })).toMatchObject({ outcome: 'ok' })
    expect(await row(two, { expect: { operator: '=', value: '0' } })).toMatchObject({
      outcome: 'bad',
      summary: 'stuck = 2, queue = checkout; = 0 was expected',
    })
  })

  test('no row is bad, and several are no answer', async () => {
    expect(await row('select 1 where false')).toMatchObject({ outcome: 'bad', summary: 'no row' })
    expect(await row('select * from generate_series(1, 1000000)')).toMatchObject({ outcome: 'unknown' })
  })

  test('a value from outside is a value, whatever it says', async () => {
    const hostile = "x' or true; drop table pg_class; --"
    expect(await row('select $1::text as given', { values: [hostile] })).toMatchObject({
      outcome: 'ok',
      summary: `given = ${hostile}`,
    })
  })

  test.each([
    'select 1; commit; create table left_behind ()',
    'select 1; select 2',
    'create table left_behind ()',
    "select set_config('transaction_read_only', 'off', false), nextval('s')",
    'with made as (insert into t values (1) returning 1) select * from made',
  ])('nothing can be changed by asking: %s', async (query) => {
    expect(await row(query)).toMatchObject({ outcome: 'unknown', summary: expect.stringContaining('does not answer') })
  })

  test('a question that takes too long is ended by the server', async () => {
    const began = performance.now()
    expect(await row('select pg_sleep(30)')).toMatchObject({
      outcome: 'unknown',
      summary: expect.stringContaining('statement timeout'),
    })
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('a database that is not there, or that nobody named, is unknown, and its address is not told', async () => {
    const away = await row('select 1', { url: 'postgres://tocsin:secret@127.0.0.1:1/shop' })
    expect(away).toMatchObject({ outcome: 'unknown', summary: 'the database does not answer: ECONNREFUSED' })
    expect(await row('select 1', { url: null })).toMatchObject({ summary: expect.stringContaining('is not set') })
  })
})
