import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { asked, dispatched, planned, testIo, untilOver } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { dockerContainer } from './index.ts'
import { digestOf, type Engine, startStandIn } from './stand-in.ts'

const executor: AnyExecutor = dockerContainer
const repository = 'registry.example.com:5000/shop/checkout'
const order = async (engine: Engine, params = {}) =>
  planned(executor, asked(executor.configSchema.parse(engine.settings), params), testIo())
const named = (engine: Engine, name: string) => engine.containers().find((one) => one.Name === `/${name}`)

test('through a Unix socket, a container is made anew from the older image, and the old one is kept', async () => {
  const socketPath = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-docker-')), 'docker.sock')
  const engine = await startStandIn({ socketPath })
  const back = await order(engine)
  // Not the newest of the others, which may be what was rolled back: the one before.
  expect(back.plan).toMatchObject({
    before: `${repository}@${digestOf('b')}`,
    after: `${repository}@${digestOf('a')}`,
    inverse: { params: { to: digestOf('b') } },
  })

  const handle = await dispatched(executor, back, 'A-1', testIo())
  engine.finish('well')

  expect(await untilOver(executor, back, handle, testIo())).toMatchObject({ phase: 'succeeded' })
  expect(named(engine, 'checkout')).toMatchObject({ Image: 'sha256:image-a', State: { Status: 'running' } })
  // Else it would be started again beside the new one, when the machine is.
  expect(named(engine, 'checkout_before_A-1')).toMatchObject({
    State: { Status: 'exited' },
    HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
  })
  await engine.close()
})

test('the new one has what somebody wrote for the old one, and nothing that came with the old image', async () => {
  const engine = await startStandIn()
  await dispatched(executor, await order(engine), 'A-1', testIo())

  const made = named(engine, 'checkout')
  expect(made?.Config).toEqual({
    Image: `${repository}@${digestOf('a')}`,
    Env: ['DATABASE=shop'],
    Labels: { team: 'platform', 'dev.tocsin.action': 'A-1' },
  })
  expect(made?.HostConfig).toMatchObject({
    Binds: ['/etc/shop:/etc/shop:ro', 'f00d:/data'],
    PortBindings: { '8080/tcp': [{ HostPort: '8080' }] },
    RestartPolicy: { Name: 'always' },
  })
  expect(made?.NetworkSettings.Networks).toMatchObject({ shop: { Aliases: ['checkout'] }, outside: {} })
  await engine.close()
})

test('when Docker refuses to start it, the old one is back under its name, and runs', async () => {
  const engine = await startStandIn()
  const back = await order(engine)
  engine.refuseStart()

  expect(await executor.dispatch(back, 'A-1', testIo())).toMatchObject({
    outcome: 'rejected',
    why: expect.stringMatching(/port is already allocated.*checkout runs as before/),
  })
  expect(named(engine, 'checkout')).toMatchObject({
    Image: 'sha256:image-b',
    State: { Status: 'running' },
    HostConfig: { RestartPolicy: { Name: 'always' } },
  })
  await engine.close()
})

test('what cannot be gone back to is refused with what can', async () => {
  const engine = await startStandIn()
  const config = executor.configSchema.parse(engine.settings)
  const refusal = (params: object) => executor.plan(asked(config, { ...params }), testIo())

  expect(await refusal({ to: 'v141' })).toEqual({ refused: expect.stringContaining('by its digest') })
  expect(await refusal({ to: digestOf('b') })).toEqual({ refused: 'This image runs already.' })
  expect(await refusal({ to: digestOf('d') })).toEqual({ refused: expect.stringContaining('Pull it first') })
  const choices = await executor.choices?.('to', asked(config), testIo())
  expect(choices?.map(({ value }) => value)).toEqual([digestOf('c'), digestOf('a')])

  const [running] = engine.containers()
  if (running) running.HostConfig.AutoRemove = true
  expect(await refusal({})).toEqual({ refused: expect.stringContaining('--rm') })
  await engine.close()
})
