import { expect, test } from 'vitest'
import { asked, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { featureFlag } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = featureFlag

test('the plan says what the flag is and will be, and how to set it back', async () => {
  const flags = await startStandIn()
  const request = asked(executor.configSchema.parse(flags.settings), flags.params)
  const { plan } = await planned(executor, request, testIo(flags.secrets))

  expect(plan).toMatchObject({ before: 'true', after: 'false', inverse: { params: { to: 'true' } } })
  await flags.close()
})

test('a flag that is so already, or that does not exist, gives no plan', async () => {
  const flags = await startStandIn()
  const config = executor.configSchema.parse(flags.settings)
  const io = testIo(flags.secrets)

  expect(await executor.plan(asked(config, { to: 'true' }), io)).toEqual({ refused: 'The flag is true already.' })
  const elsewhere = executor.configSchema.parse({
    ...(flags.settings as object),
    read: { url: `${new URL((flags.settings as { read: { url: string } }).read.url).origin}/flags/other`, at: '/x' },
  })
  expect(await executor.plan(asked(elsewhere, { to: 'false' }), io)).toMatchObject({
    refused: expect.stringContaining('404'),
  })
  await flags.close()
})
