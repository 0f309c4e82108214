import { expect, test } from 'vitest'
import { asked, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { startWire } from '../stand-in.ts'
import { render } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = render

test('"back" is the newest deploy that once was live, and never one that failed', async () => {
  const service = await startStandIn()
  const { plan } = await planned(
    executor,
    asked(executor.configSchema.parse(service.settings)),
    testIo(service.secrets),
  )

  expect(plan.payload).toEqual({ deployId: 'dep-2' })
  expect(plan.inverse).toEqual({ params: { to: 'dep-4' } })
  await service.close()
})

test('a service that Render deploys by itself is refused, unless the catalogue says that this is known', async () => {
  const deploy = (id: string, status: string) => ({ deploy: { id, status } })
  const wire = await startWire(
    () => false,
    ({ path }) => ({
      status: 200,
      body: path.endsWith('/deploys')
        ? [deploy('dep-2', 'live'), deploy('dep-1', 'deactivated')]
        : { id: 'srv-1', name: 'checkout', autoDeploy: 'yes' },
    }),
  )
  const plan = (more: object) => {
    const settings = { serviceId: 'srv-1', tokenVariable: 'TOKEN', api: wire.url, ...more }
    return executor.plan(asked(executor.configSchema.parse(settings)), testIo({ TOKEN: 't' }))
  }

  expect(await plan({})).toMatchObject({ refused: expect.stringContaining('Turn auto-deploy off first') })
  expect(await plan({ despiteAutoDeploy: true })).toMatchObject({
    remarks: ['Auto-deploy is on: the next commit replaces this.'],
  })
  await wire.close()
})
