import { afterEach, expect, test } from 'vitest'
import { asked, dispatched, planned, testIo } from '../../../../../tests/support/executors.ts'
import type { AnyExecutor } from '../executor.ts'
import { startWire, type WireAnswer } from '../stand-in.ts'
import { kubernetes } from './index.ts'
import { startStandIn } from './stand-in.ts'

const executor: AnyExecutor = kubernetes
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function cluster(more: object = {}) {
  const standIn = await startStandIn()
  open.push(standIn)
  const config = executor.configSchema.parse({ ...(standIn.settings as object), ...more })
  return { standIn, config, io: testIo(standIn.secrets) }
}

/** A cluster whose Deployment has something special about it. */
async function special(deployment: object, lists: Record<string, object> = {}) {
  const base = {
    metadata: { name: 'checkout', uid: 'd-1', generation: 1, resourceVersion: '1', annotations: {}, labels: {} },
    spec: { replicas: 3, selector: { matchLabels: { app: 'checkout' } }, template: {} },
  }
  const wire = await startWire(
    ({ method }) => method === 'PATCH',
    ({ path }): WireAnswer => {
      const list = Object.entries(lists).find(([end]) => path.endsWith(end))?.[1]
      return { status: 200, body: list ?? { ...base, ...deployment } }
    },
  )
  open.push(wire)
  const settings = { server: wire.url, tokenVariable: 'TOKEN', namespace: 'shop', deployment: 'checkout' }
  const plan = (more: object, params = {}) =>
    executor.plan(asked(executor.configSchema.parse({ ...settings, ...more }), params), testIo({ TOKEN: 't' }))
  return { wire, plan }
}

test('"back" is the revision before the current one, by number and image, and a ReplicaSet of others is none', async () => {
  const { config, io } = await cluster()
  const { plan } = await planned(executor, asked(config), io)

  expect(plan.before).toContain('revision 3: registry.example.com/checkout@sha256:33333333')
  expect(plan.after).toContain('revision 2: registry.example.com/checkout@sha256:22222222')
  expect(plan.payload).toMatchObject({ revision: 2, uid: 'rs-2' })
  expect(plan.inverse).toEqual({ params: { to: 3 } })
  expect(await executor.choices?.('to', asked(config), io)).toHaveLength(2)
})

test('a revision that does not exist is refused with those that do', async () => {
  const { config, io } = await cluster()
  expect(await executor.plan(asked(config, { to: 7 }), io)).toEqual({
    refused: 'There is no earlier revision 7. Use 2, 1.',
  })
})

test('the change carries a test of the version, the mark of the action, and no hash of an old ReplicaSet', async () => {
  const { standIn, config, io } = await cluster()
  const order = await planned(executor, asked(config), io)
  await dispatched(executor, order, 'A-7', io)

  expect(standIn.world()).toMatchObject({
    metadata: { annotations: { 'tocsin.dev/action': 'A-7' } },
    spec: { template: { metadata: { labels: { app: 'checkout' } } } },
  })
  expect(JSON.stringify(standIn.world())).not.toContain('pod-template-hash')
})

test('when somebody is quicker, nothing is sent', async () => {
  const { standIn, config, io } = await cluster()
  const order = await planned(executor, asked(config), io)
  standIn.othersChangeIt()

  expect(await executor.dispatch(order, 'A-7', io)).toEqual({
    outcome: 'rejected',
    why: 'The Deployment changed since it was planned.',
  })
  expect(standIn.changes()).toBe(0)
})

test('what another controller owns, or what is paused, is refused with what to do', async () => {
  const owned = await special({
    metadata: {
      name: 'checkout',
      uid: 'd',
      generation: 1,
      resourceVersion: '1',
      annotations: {},
      labels: { 'argocd.argoproj.io/instance': 'checkout' },
    },
  })
  expect(await owned.plan({ do: 'restart' })).toMatchObject({ refused: expect.stringContaining('Argo CD owns') })
  const paused = await special({ spec: { paused: true, selector: {}, template: {} } })
  expect(await paused.plan({ do: 'restart' })).toMatchObject({ refused: expect.stringContaining('Resume it first') })
})

test('replicas stay within the bounds of the catalogue, and are left to an autoscaler where there is one', async () => {
  const scale = { do: 'scale', min: 2, max: 6 }
  const plain = await special({}, { '/horizontalpodautoscalers': { items: [] } })
  expect(await plain.plan(scale, { replicas: 7 })).toEqual({ refused: 'Use 2 to 6 replicas.' })
  expect(await plain.plan(scale, { replicas: 3 })).toEqual({ refused: 'There are 3 replicas already.' })
  expect(await plain.plan(scale, { replicas: 5 })).toMatchObject({
    before: '3 replicas',
    after: '5 replicas',
    inverse: { params: { replicas: 3 } },
  })
  const scaler = { metadata: { name: 'busy' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'checkout' } } }
  const scaled = await special({}, { '/horizontalpodautoscalers': { items: [scaler] } })
  expect(await scaled.plan(scale, { replicas: 5 })).toMatchObject({ refused: expect.stringContaining('busy') })
})

test('a plan is tried on the server first, as a dry run', async () => {
  const { wire, plan } = await special({})
  await plan({ do: 'restart' })

  const tried = wire.requests.filter((request) => request.method === 'PATCH')
  expect(tried.map((request) => request.query.get('dryRun'))).toEqual(['All'])
})
