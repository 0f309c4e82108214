import { expect, test } from 'vitest'
import { asked, dispatched, planned, testIo, untilOver } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { githubWorkflow } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = githubWorkflow

test('where GitHub does not name the run, it is found by our key in its title', async () => {
  const github = await startStandIn({ withoutRunDetails: true })
  const io = testIo(github.secrets)
  const order = await planned(executor, asked(executor.configSchema.parse(github.settings), github.params), io)

  const handle = await dispatched(executor, order, 'A-12', io)
  expect(handle).toMatchObject({ run: null })
  github.finish('well')

  expect(await untilOver(executor, order, handle, io)).toMatchObject({
    phase: 'succeeded',
    detail: expect.stringContaining('run 9000'),
  })
  await github.close()
})

test('the run of another action is never taken for ours, though its key begins with the same letters', async () => {
  const github = await startStandIn()
  const io = testIo(github.secrets)
  const order = await planned(executor, asked(executor.configSchema.parse(github.settings), github.params), io)
  await dispatched(executor, order, 'A-12', io)

  expect(await executor.reconcile(order, 'A-1', io)).toMatchObject({ found: 'unknown' })
  await github.close()
})

test('stopping cancels the run, and the plan says from which commit it is taken', async () => {
  const github = await startStandIn()
  const io = testIo(github.secrets)
  const order = await planned(executor, asked(executor.configSchema.parse(github.settings), github.params), io)
  const handle = await dispatched(executor, order, 'A-1', io)
  await executor.stop(order, handle, io)

  expect(await executor.poll(order, handle, io)).toMatchObject({ phase: 'stopped' })
  expect(order.plan.steps[0]).toContain('a1b2c3d4e5f6')
  await github.close()
})

test('a wrong token is told as such, without the token', async () => {
  const github = await startStandIn()
  const config = executor.configSchema.parse(github.settings)
  const plan = await executor.plan(asked(config, github.params), testIo({ TOKEN: 'ghp_wrongwrongwrong' }))

  expect(plan).toEqual({ refused: 'GitHub answers 401: it does not know our token (“Bad credentials”).' })
  await github.close()
})
