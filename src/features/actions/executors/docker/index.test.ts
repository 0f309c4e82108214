import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { asked, dispatched, planned, testIo, untilOver } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { docker } from './index.ts'
import { digestOf, startStandIn } from './stand-in.ts'

const executor: AnyExecutor = docker

test('through a Unix socket, the image that ran before comes back by its digest', async () => {
  const socketPath = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-docker-')), 'docker.sock')
  const engine = await startStandIn({ socketPath })
  const io = testIo()
  const order = await planned(executor, asked(executor.configSchema.parse(engine.settings)), io)
  expect(order.plan).toMatchObject({
    after: `registry.example.com/checkout:latest@${digestOf('a')}`,
    inverse: { params: { to: digestOf('b') } },
  })

  const handle = await dispatched(executor, order, 'A-1', io)
  engine.finish('well')

  expect(await untilOver(executor, order, handle, io)).toMatchObject({ phase: 'succeeded' })
  expect(JSON.stringify(engine.world())).toContain('"dev.tocsin.action":"A-1"')
  await engine.close()
})

test('a tag is refused: it may mean another image tomorrow', async () => {
  const engine = await startStandIn()
  const config = executor.configSchema.parse(engine.settings)

  expect(await executor.plan(asked(config, { to: 'v141' }), testIo())).toEqual({
    refused: 'Name the image by its digest: sha256: and 64 digits.',
  })
  expect(await executor.plan(asked(config, { to: digestOf('b') }), testIo())).toEqual({
    refused: 'This image runs already.',
  })
  await engine.close()
})
