import { expect, test } from 'vitest'
import { asked, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { migration } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = migration

test('the plan names what is undone, newest first, and what is lost with it', async () => {
  const tool = await startStandIn()
  const { plan } = await planned(executor, asked(executor.configSchema.parse(tool.settings), tool.params), testIo())

  expect(plan).toMatchObject({
    before: '0142 coupons',
    after: '0141 baskets',
    steps: ['undo 0142 coupons'],
    lost: '0142 coupons: all coupons',
    inverse: null,
  })
  await tool.close()
})

test('nothing goes past a migration that does not say it can be undone', async () => {
  const list = [
    { version: '1', applied: true, reversible: true },
    { version: '2', applied: true },
    { version: '3', applied: true, reversible: true },
  ]
  const config = executor.configSchema.parse({
    status: ['node', '-e', `console.log(${JSON.stringify(JSON.stringify(list))})`],
    down: ['/bin/true', '{version}'],
  })

  expect(await executor.plan(asked(config, { to: '1' }), testIo())).toEqual({
    refused: '2 cannot be undone: it is not marked reversible. Roll forward instead, or restore.',
  })
  expect(await executor.plan(asked(config, { to: '2' }), testIo())).toMatchObject({ after: '2' })
})

test('the version is named: there is no "one back"', async () => {
  const tool = await startStandIn()
  const config = executor.configSchema.parse(tool.settings)

  expect(await executor.plan(asked(config), testIo())).toEqual({
    refused: 'Name the version to go down to. Use 0140, 0141.',
  })
  expect(await executor.plan(asked(config, { to: '0142' }), testIo())).toMatchObject({
    refused: expect.stringContaining('Use 0140, 0141'),
  })
  expect(executor.configSchema.safeParse({ status: ['/bin/true'], down: ['/bin/true'] }).success).toBe(false)
  await tool.close()
})
