import { expect, test } from 'vitest'
import { asked, dispatched, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { startWire } from '../stand-in.ts'
import { httpExecutor } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = httpExecutor
const secrets = { SECRET: 's3cr3ts3cr3t' }

async function answering(status: number, body: unknown) {
  const wire = await startWire(
    () => true,
    () => ({ status, body, headers: status === 302 ? { location: 'http://127.0.0.1:9/' } : {} }),
  )
  const config = executor.configSchema.parse({ url: `${wire.url}/go/{to}`, secretVariable: 'SECRET' })
  return { wire, request: asked(config, { to: 'a/../b?c' }), io: testIo(secrets) }
}

test('a value is one piece of the address: it neither climbs nor asks for more', async () => {
  const { wire, request, io } = await answering(200, {})
  await dispatched(executor, await planned(executor, request, io), 'A-1', io)

  expect(wire.requests.map((one) => one.path)).toEqual(['/go/a%2F..%2Fb%3Fc'])
  expect(await executor.plan({ ...request, params: { to: '..' } }, io)).toMatchObject({ refused: expect.any(String) })
  await wire.close()
})

test('a status address on another host is never asked, for it would get our signature', async () => {
  const { wire, request, io } = await answering(202, { status_url: 'http://169.254.169.254/latest' })
  const order = await planned(executor, request, io)

  expect(await executor.dispatch(order, 'A-1', io)).toMatchObject({
    outcome: 'unknown',
    why: expect.stringContaining('another host'),
  })
  await wire.close()
})

test('a redirect is not followed, and nobody claims to know what came of it', async () => {
  const { wire, request, io } = await answering(302, {})

  expect(await executor.dispatch(await planned(executor, request, io), 'A-1', io)).toMatchObject({ outcome: 'unknown' })
  await wire.close()
})

test('a wrong secret is refused by the other side, and nothing is done', async () => {
  const webhook = await startStandIn()
  const config = executor.configSchema.parse(webhook.settings)

  expect(await executor.plan(asked(config, webhook.params), testIo({ SECRET: 'wrong' }))).toMatchObject({
    refused: expect.stringContaining('401'),
  })
  expect(webhook.changes()).toBe(0)
  await webhook.close()
})

test('what runs can be asked to stop', async () => {
  const webhook = await startStandIn()
  const io = testIo(webhook.secrets)
  const order = await planned(executor, asked(executor.configSchema.parse(webhook.settings), webhook.params), io)
  const handle = await dispatched(executor, order, 'A-1', io)
  expect(await executor.poll(order, handle, io)).toMatchObject({ phase: 'running', tail: 'switching\n' })

  await executor.stop(order, handle, io)

  expect(await executor.poll(order, handle, io)).toMatchObject({ phase: 'stopped' })
  await webhook.close()
})
