import { expect, test } from 'vitest'
import { asked, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { startWire } from '../stand-in.ts'
import { argocd } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = argocd

test('"back" is the newest entry of the history that is not what runs', async () => {
  const server = await startStandIn()
  const { plan } = await planned(executor, asked(executor.configSchema.parse(server.settings)), testIo(server.secrets))

  expect(plan.payload).toEqual({ id: 1, revision: 'b'.repeat(40) })
  expect(plan.inverse).toEqual({ params: { to: 2 } })
  await server.close()
})

test('an application that Argo CD syncs by itself is refused: the rollback would be undone', async () => {
  const application = {
    metadata: { uid: 'a' },
    spec: { syncPolicy: { automated: { prune: true } } },
    status: { history: [{ id: 1, revision: 'x' }] },
  }
  const wire = await startWire(
    () => false,
    () => ({ status: 200, body: application }),
  )
  const config = executor.configSchema.parse({ server: wire.url, tokenVariable: 'TOKEN', application: 'checkout' })

  expect(await executor.plan(asked(config), testIo({ TOKEN: 't' }))).toMatchObject({
    refused: expect.stringContaining('Turn auto-sync off first'),
  })
  await wire.close()
})

test('an entry that the history does not have is refused with those that it has', async () => {
  const server = await startStandIn()
  const config = executor.configSchema.parse(server.settings)

  expect(await executor.plan(asked(config, { to: 9 }), testIo(server.secrets))).toMatchObject({
    refused: expect.stringContaining('0 (aaaaaaaaaaaa), 1 (bbbbbbbbbbbb)'),
  })
  await server.close()
})
