import { afterEach, beforeEach, expect, test } from 'vitest'
import { manifest } from '../../../tests/support/manifest.ts'
import type { AlertmanagerEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { startSimulator } from '../../simulator/index.ts'
import type { Simulator } from '../../simulator/types.ts'
import { createAlertmanager } from './index.ts'

const stand: { simulator: Simulator | null } = { simulator: null }
beforeEach(async () => {
  stand.simulator = await startSimulator({ manifest })
})
afterEach(() => stand.simulator?.close())

function alertmanager() {
  if (!stand.simulator) throw new Error('nothing runs')
  const { alertmanager: world, env } = stand.simulator
  return { world, port: createAlertmanager({ url: env.ALERTMANAGER_URL ?? '', token: null, timeoutMilliseconds: 500 }) }
}

function delivery(more: Partial<Delivery<AlertmanagerEffect>> = {}, isActive = true): Delivery<AlertmanagerEffect> {
  const now = new Date()
  const effect: AlertmanagerEffect = {
    kind: 'alertmanager.silence',
    name: 'silences/S-7/copy',
    desired: {
      isActive,
      id: null,
      matchers: [{ name: 'service', value: 'search', isRegex: false, isEqual: true }],
      startsAt: now.toISOString(),
      endsAt: new Date(now.getTime() + 3_600_000).toISOString(),
      createdBy: 'ben',
      comment: 'new disks (S-7 of Tocsin)',
    },
    whenDone: { feature: 'silences', id: 'S-7', command: { type: 'silence.noteCopy' } },
    whenGivenUp: { feature: 'silences', id: 'S-7', command: { type: 'silence.noteTrouble' } },
  }
  const { signal } = new AbortController()
  return { id: '1', effect, attempt: 1, isInDoubt: false, decidedAt: now, now, observed: null, signal, ...more }
}

test('a silence is made, kept as it is, and ended', async () => {
  const { world, port } = alertmanager()

  const { observed } = await port.deliver(delivery())
  expect(world.active()).toMatchObject([{ comment: 'new disks (S-7 of Tocsin)' }])
  await port.deliver(delivery({ observed }))
  expect(world.active()).toHaveLength(1)
  await port.deliver(delivery({ observed }, false))
  expect(world.active()).toEqual([])
  await expect(port.deliver(delivery({ observed }, false))).resolves.toEqual({ observed })
})

test('one whose answer was lost is found again, not made twice', async () => {
  const { world, port } = alertmanager()
  world.faults.inject('POST /silences', { kind: 'reset', when: 'after-effect' })

  await expect(port.deliver(delivery())).rejects.toMatchObject({ outcome: 'unknown', isOutage: true })
  const { observed } = await port.deliver(delivery({ isInDoubt: true, attempt: 2 }))

  expect(world.active()).toHaveLength(1)
  expect(observed).toEqual({ remoteId: world.active()[0]?.id })
})

function look(id: string): Delivery<AlertmanagerEffect> {
  const own = (type: string) => ({ feature: 'silenceWatches', id: 'alertmanager', command: { type } })
  const copies = [{ silence: 'S-7', id, comment: 'new disks (S-7 of Tocsin)' }]
  const effect = {
    kind: 'alertmanager.look',
    copies,
    whenDone: own('watch.see'),
    whenGivenUp: own('watch.giveUp'),
  } as const
  return delivery({ effect })
}

test('a look tells the end and the labels that a silence has there, also of the one that was put in its place', async () => {
  const { world, port } = alertmanager()
  await port.deliver(delivery())
  const first = world.active()[0]?.id ?? ''
  const seen = async (id: string) => (await port.deliver(look(id))).observed

  expect(await seen(first)).toMatchObject({ silences: [{ there: { id: first, matchers: [{ value: 'search' }] } }] })
  world.change(first, { matchers: [{ name: 'service', value: 'checkout', isRegex: false, isEqual: true }] })
  expect(await seen(first)).toMatchObject({ silences: [{ id: first, there: { matchers: [{ value: 'checkout' }] } }] })
  world.end(world.active()[0]?.id ?? '')
  expect(await seen(first)).toMatchObject({ silences: [{ there: { id: first } }] })
  world.forget()
  expect(await seen(first)).toMatchObject({ outcome: 'seen', silences: [{ silence: 'S-7', there: null }] })
})

test('that Alertmanager does not answer is what is seen, and nothing is made of it', async () => {
  const { world, port } = alertmanager()
  world.faults.inject('GET /silences', { kind: 'http', status: 503 })

  expect(await port.deliver(look('any'))).toEqual({ observed: { outcome: 'failed', code: 'alertmanager_http_503' } })
})

test.each([
  [{ kind: 'http', status: 503 } as const, { outcome: 'unknown', isOutage: true }],
  [{ kind: 'http', status: 429, retryAfterSeconds: 7 } as const, { outcome: 'again', retryAfterSeconds: 7 }],
  [{ kind: 'http', status: 400 } as const, { outcome: 'never', code: 'alertmanager_http_400' }],
  [{ kind: 'hang' } as const, { outcome: 'unknown', isOutage: true }],
])('%j is told as what it is', async (fault, expected) => {
  const { world, port } = alertmanager()
  world.faults.inject('POST /silences', fault)

  await expect(port.deliver(delivery())).rejects.toMatchObject(expected)
})

test('without an Alertmanager to tell, nothing is done and nothing is wrong', async () => {
  const port = createAlertmanager({ url: null, token: null })

  await expect(port.deliver(delivery())).resolves.toEqual({ observed: { remoteId: null } })
})
