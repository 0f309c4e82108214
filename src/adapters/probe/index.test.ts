import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Question, Seen } from '../../core/effects.ts'
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

async function ask(question: Question, prometheusUrl: string | null = null): Promise<Seen> {
  const callback = { feature: 'x', id: '1', command: { type: 'x' } }
  const { observed } = await createProbe({ prometheusUrl, timeoutMilliseconds: 300 }).deliver({
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
