import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { testIo } from '../../../../tests/support/executors.ts'
import { freePort } from '../../../../tests/support/postgres.ts'
import { probes } from './index.ts'
import type { ProbeGiven } from './probe.ts'

const server = http.createServer((req, res) => {
  if (req.url === '/slow') return
  res.writeHead(req.url === '/broken' ? 500 : 200).end('{"release":"v141-aa"}')
})
const address = { url: '' }
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const given: ProbeGiven = {
  target: { key: 'checkout/production', service: 'checkout', environment: 'production' },
  params: {},
  plan: { before: 'v142-bb', after: 'v141-aa' },
}
async function ask(name: string, settings: object, secrets: Record<string, string> = {}) {
  const probe = probes.find((one) => one.name === name)
  if (!probe) throw new Error(name)
  return probe.ask(probe.configSchema.parse(settings), given, testIo(secrets))
}

test.each(probes.map((probe) => [probe.name, probe] as const))('%s reads its own example', (_, probe) => {
  expect(probe.describe(probe.configSchema.parse(probe.example))).not.toBe('')
})

test('an address answers as it should, or it is said how it answers', async () => {
  expect(await ask('http', { url: `${address.url}/ok`, contains: '{after}' })).toMatchObject({ isOk: true })
  expect(await ask('http', { url: `${address.url}/ok`, contains: 'v140' })).toMatchObject({ isOk: false })
  expect((await ask('http', { url: `${address.url}/broken` })).saw).toMatch(/^500 in \d+ ms, wanted 200$/)
  expect((await ask('http', { url: `${address.url}/slow`, withinMs: 50 })).saw).toBe('no answer within 50 ms')
  expect((await ask('http', { url: `http://127.0.0.1:${await freePort()}/` })).saw).toBe('no answer: ECONNREFUSED')
})

test('a database answers as it should, and cannot be changed by the question', async () => {
  const secrets = { SHOP_URL: inject('postgresUrl') }
  expect(await ask('sql', { urlVariable: 'SHOP_URL', query: 'select 1 + 1', is: '2' }, secrets)).toEqual({
    isOk: true,
    saw: '2',
  })
  expect((await ask('sql', { urlVariable: 'SHOP_URL', query: 'select 3', is: '2' }, secrets)).saw).toBe('3, wanted 2')
  expect(await ask('sql', { urlVariable: 'SHOP_URL', query: 'create table x (y int)' }, secrets)).toMatchObject({
    isOk: false,
    saw: expect.stringContaining('read-only'),
  })
  const away = await ask(
    'sql',
    { urlVariable: 'GONE', query: 'select 1' },
    { GONE: 'postgres://a:secretsecret@127.0.0.1:1/x' },
  )
  expect(away.isOk).toBe(false)
  expect(away.saw).not.toContain('secretsecret')
})

test('a command ends well, or it is said how it ends', async () => {
  expect(await ask('command', { run: ['/bin/true'] })).toEqual({ isOk: true, saw: 'exit code 0' })
  expect((await ask('command', { run: ['/bin/sh', '-c', 'echo queue is full; exit 4'] })).saw).toBe(
    'exit code 4 queue is full',
  )
  expect((await ask('command', { run: ['/bin/sleep', '60'], withinSeconds: 1 })).saw).toContain('longer than 1 seconds')
})
