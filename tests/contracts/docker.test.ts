/**
 * No Docker Engine was ever met by these executors: where they are made there is none. What they ask, and what their
 * stand-ins answer, is held instead against what Docker says of its own API.
 */
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { versionFor } from '../../src/features/actions/executors/docker/engine.ts'
import { docker } from '../../src/features/actions/executors/docker/index.ts'
import { startStandIn as startSwarm } from '../../src/features/actions/executors/docker/stand-in.ts'
import { dockerContainer } from '../../src/features/actions/executors/docker-container/index.ts'
import { digestOf, startStandIn } from '../../src/features/actions/executors/docker-container/stand-in.ts'
import type { AnyExecutor } from '../../src/features/actions/executors/executor.ts'
import { dockerShapes } from '../support/docker-shapes.ts'
import { asked, dispatched, planned, testIo, untilOver } from '../support/executors.ts'

/** A `fetch` that writes down what is asked or answered otherwise than Docker has it. */
function witness() {
  const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true })
  const complaints: string[] = []
  const seen = new Set<string>()
  const hold = (what: string, schema: object, value: unknown) => {
    const isRight = ajv.compile(schema)
    if (!isRight(value)) complaints.push(`${what}: ${ajv.errorsText(isRight.errors)}`)
  }
  const through: typeof fetch = async (input, init = {}) => {
    const url = new URL(String(input))
    const path = decodeURIComponent(url.pathname).replace(/^\/v1\.\d+/, '')
    const called = `${init.method} ${path}`
    const name = Object.keys(dockerShapes).find((one) => isCalled(one, called))
    const operation = name === undefined ? undefined : dockerShapes[name]
    const response = await fetch(input, init)
    const text = await response.clone().text()
    if (!operation) complaints.push(`nothing is described at ${called}`)
    else {
      for (const key of url.searchParams.keys())
        if (!operation.query.includes(key)) complaints.push(`${name}: there is no parameter ${key}`)
      if (operation.body !== null) hold(`${name}, the question`, operation.body, JSON.parse(String(init.body)))
      else if (init.body) complaints.push(`${name}: it takes no body`)
      const schema = operation.answers[response.status]
      if (schema === undefined) complaints.push(`${name}: there is no answer ${response.status}`)
      else if (schema !== null) hold(`${name}, the answer ${response.status}`, schema, JSON.parse(text))
      else if (text !== '') complaints.push(`${name}: the answer ${response.status} has no body`)
      seen.add(`${name} ${response.status}`)
    }
    return response
  }
  return { through, complaints, seen }
}

/** An image's name holds slashes, and comes before what is asked of it. */
function isCalled(described: string, called: string): boolean {
  const pattern = described.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace('{id}', '(?!json$|create$).+')
  return new RegExp(`^${pattern}$`).test(called)
}

test('what a container’s way back asks, and what the stand-in answers, refusals included, is as Docker has it', async () => {
  const { through, complaints, seen } = witness()
  const io = testIo({}, { fetch: through })
  const executor: AnyExecutor = dockerContainer
  const there = async (play: (engine: Awaited<ReturnType<typeof startStandIn>>, config: unknown) => Promise<void>) => {
    const engine = await startStandIn()
    await play(engine, executor.configSchema.parse(engine.settings))
    await engine.close()
  }

  await there(async (engine, config) => {
    await executor.choices?.('to', asked(config), io)
    expect(await executor.plan(asked(config, { to: digestOf('d') }), io)).toHaveProperty('refused')
    const order = await planned(executor, asked(config), io)
    const handle = await dispatched(executor, order, 'A-1', io)
    engine.finish('well')
    expect(await untilOver(executor, order, handle, io)).toMatchObject({ phase: 'succeeded' })
    expect(await executor.reconcile(order, 'A-1', io)).toMatchObject({ found: 'handle' })
  })
  await there(async (engine, config) => {
    const order = await planned(executor, asked(config), io)
    engine.refuseStart()
    expect(await executor.dispatch(order, 'A-1', io)).toMatchObject({ outcome: 'rejected' })
    // The one that was not started has its name still: a second of that name is refused.
    const again = await planned(executor, asked(config), io)
    const { engine: url } = config as { engine: string }
    await through(`${url}/v1.44/containers/checkout/rename?name=checkout_A-2`, { method: 'POST' })
    await through(`${url}/v1.44/containers/checkout_A-2/rename?name=checkout_A-2`, { method: 'POST' })
    await through(`${url}/v1.44/containers/checkout_A-2/start`, { method: 'POST' })
    expect(await executor.dispatch(again, 'A-2', io)).toMatchObject({ outcome: 'rejected' })
  })

  expect(complaints).toEqual([])
  for (const one of ['start 304', 'start 500', 'rename 409', 'images/{id}/json 404', 'containers/{id}/json 404'])
    expect([...seen]).toContainEqual(expect.stringContaining(one))
})

test('what a swarm service’s way back asks, and what the stand-in answers, is as Docker has it', async () => {
  const { through, complaints } = witness()
  const io = testIo({}, { fetch: through })
  const executor: AnyExecutor = docker
  const engine = await startSwarm()
  const order = await planned(executor, asked(executor.configSchema.parse(engine.settings)), io)
  const handle = await dispatched(executor, order, 'A-1', io)
  engine.finish('well')

  expect(await untilOver(executor, order, handle, io)).toMatchObject({ phase: 'succeeded' })
  expect(complaints).toEqual([])
  await engine.close()
})

test.each([
  ['the newest', '1.52', '1.44', '1.44'],
  ['one that still takes older ones', '1.51', '1.24', '1.44'],
  ['one from before', '1.41', '1.12', '1.41'],
  ['one that takes none that we know', '1.60', '1.50', '1.50'],
])('to %s we speak a version that it takes', (_, newest, oldest, spoken) => {
  expect(versionFor(newest, oldest)).toBe(spoken)
})
