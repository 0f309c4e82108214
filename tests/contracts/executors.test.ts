/** What every executor must keep. One loop over all of them, each against the stand-in that lies beside it. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import type { AnyExecutor } from '../../src/features/actions/executors/executor.ts'
import { executors } from '../../src/features/actions/executors/index.ts'
import type { Faults, StandIn } from '../../src/features/actions/executors/stand-in.ts'
import { asked, dispatched, planned, testIo, untilOver } from '../support/executors.ts'

const folder = 'src/features/actions/executors'
const key = 'action-42'
/** These reach nothing over the network, so no answer of theirs can be spoiled. */
const local = ['process', 'migration', 'postgres-restore']
/** The rehearsal plays its own outside, trouble included; its stories hold it to its word. */
const real = executors.filter((executor) => executor.name !== 'rehearsal')
const overTheWire = real.filter((executor) => !local.includes(executor.name))

async function open(executor: AnyExecutor) {
  const { startStandIn } = (await import(/* @vite-ignore */ path.resolve(folder, executor.name, 'stand-in.ts'))) as {
    startStandIn(given: { postgresUrl: string }): Promise<StandIn>
  }
  const standIn = await startStandIn({ postgresUrl: inject('postgresUrl') })
  const io = testIo(standIn.secrets)
  const request = asked(executor.configSchema.parse(standIn.settings), standIn.params)
  return { standIn, io, request, [Symbol.asyncDispose]: () => standIn.close() }
}

test('every folder of an executor is listed', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(executors.map((one) => one.name).toSorted()).toEqual(folders.map((one) => one.name).toSorted())
})

describe.each(real.map((executor) => [executor.name, executor] as const))('%s', (_, executor) => {
  test('reads its own example, and refuses a key that it does not know', () => {
    const parsed = executor.configSchema.parse(executor.example)
    expect(executor.paramsOf(parsed)).toEqual([...new Set(executor.paramsOf(parsed))])
    expect(executor.configSchema.safeParse({ ...(executor.example as object), surprise: 1 }).success).toBe(false)
  })

  test('planning changes nothing, and planning twice sees the same', async () => {
    await using it = await open(executor)
    const before = it.standIn.world()

    const [first, second] = [await planned(executor, it.request, it.io), await planned(executor, it.request, it.io)]

    expect(it.standIn.world()).toEqual(before)
    expect(it.standIn.changes()).toBe(0)
    expect(second.plan.observed).toEqual(first.plan.observed)
    expect(first.plan).toMatchObject({ before: expect.any(String), after: expect.any(String) })
    expect(first.plan.blastRadius).not.toBe('')
    expect(first.plan.steps).not.toEqual([])
    expect(JSON.parse(JSON.stringify(first.plan))).toEqual(first.plan)
  })

  test('what it saw when it planned is seen again, until somebody changes it', async () => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)

    expect(await executor.observe(order, it.io)).toEqual(order.plan.observed)
    it.standIn.othersChangeIt()
    expect(await executor.observe(order, it.io)).not.toEqual(order.plan.observed)
  })

  test('it runs once, and says when it is over', async () => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    await executor.observe(order, it.io)

    const handle = await dispatched(executor, order, key, it.io)
    it.standIn.finish('well')

    expect(await untilOver(executor, order, handle, it.io)).toMatchObject({ phase: 'succeeded' })
    expect(it.standIn.changes()).toBe(1)
    expect(JSON.parse(JSON.stringify(handle))).toEqual(handle)
  })

  test('work that goes wrong is not called done', async () => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    await executor.observe(order, it.io)

    const handle = await dispatched(executor, order, key, it.io)
    it.standIn.finish('badly')

    expect((await untilOver(executor, order, handle, it.io)).phase).toMatch(/^(failed|unknown)$/)
  })

  test('a dispatch that nobody heard the end of is found again, and one that never was is not', async () => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    await executor.observe(order, it.io)
    expect((await executor.reconcile(order, key, it.io)).found).toMatch(/^(nothing|unknown)$/)

    const handle = await dispatched(executor, order, key, it.io)

    const found = await executor.reconcile(order, key, it.io)
    expect(found).toMatchObject({ found: 'handle' })
    it.standIn.finish('well')
    expect((await untilOver(executor, order, handle, it.io)).phase).toBe('succeeded')
    expect(it.standIn.changes()).toBe(1)
  })

  test('hostile text in a parameter is one literal value, or is refused, and never a second thing', async () => {
    await using it = await open(executor)
    const { textParam } = it.standIn
    if (textParam === undefined) throw new Error('name a parameter that takes text')
    const before = it.standIn.world()
    const hostile = fc.constantFrom(
      '; $(id) && rm -rf /',
      '--force',
      '-rf',
      'a\0b',
      'a\nb: c',
      '../../admin',
      '?dryRun=false',
      '"},"x":{"',
      'é'.repeat(10_000),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a workflow would expand.
      '${{ github.token }}',
      '<!channel>',
      '\u202Egnp',
      '',
      '   ',
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const plan = await executor.plan({ ...it.request, params: { ...it.request.params, [textParam]: text } }, it.io)
        if ('refused' in plan) expect(plan.refused).not.toBe('')
        else expect(leaves(plan.payload)).toContainEqual(expect.stringContaining(text))
      }),
      { numRuns: 30 },
    )
    expect(it.standIn.world()).toEqual(before)
    expect(it.standIn.changes()).toBe(0)
  })
})

describe.each(overTheWire.map((executor) => [executor.name, executor] as const))('%s, over the wire', (_, executor) => {
  test.each([400, 401, 403, 404, 409, 422])('an answer of %i proves that nothing was done', async (status) => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    faultsOf(it.standIn).next = { status }

    expect(await executor.dispatch(order, key, it.io)).toMatchObject({ outcome: 'rejected' })
    expect(it.standIn.changes()).toBe(0)
  })

  test.each([429, 500, 502, 503, 504])('after an answer of %i nobody claims to know', async (status) => {
    await using it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    faultsOf(it.standIn).next = { status }

    expect(await executor.dispatch(order, key, it.io)).toMatchObject({ outcome: 'unknown' })
    expect(it.standIn.changes()).toBe(0)
  })

  test.each(['lost-before', 'lost-after'] as const)(
    'a connection %s it was done is unknown, and asked once',
    async (how) => {
      await using it = await open(executor)
      const order = await planned(executor, it.request, it.io)
      faultsOf(it.standIn).next = how

      expect(await executor.dispatch(order, key, it.io)).toMatchObject({ outcome: 'unknown' })
      expect(it.standIn.changes()).toBe(how === 'lost-after' ? 1 : 0)
      const found = await executor.reconcile(order, key, it.io)
      expect(found.found).toMatch(how === 'lost-after' ? /^handle$/ : /^(nothing|unknown)$/)
    },
  )

  test('when nobody answers at all there is no plan, a drift, and no dispatch', async () => {
    const it = await open(executor)
    const order = await planned(executor, it.request, it.io)
    await it.standIn.close()

    expect(await executor.plan(it.request, it.io)).toMatchObject({
      refused: expect.stringContaining('cannot be reached'),
    })
    expect(await executor.observe(order, it.io)).not.toEqual(order.plan.observed)
    expect(await executor.dispatch(order, key, it.io)).toMatchObject({ outcome: 'rejected' })
    expect(await executor.reconcile(order, key, it.io)).toMatchObject({ found: 'unknown' })
  })
})

function faultsOf({ faults }: StandIn): Faults {
  if (faults === null) throw new Error('this stand-in cannot be spoiled')
  return faults
}

/** Every text in a value, the ones inside JSON text too. */
function leaves(value: unknown): string[] {
  if (typeof value === 'string') {
    const inner = /^[{[]/.test(value) ? parsed(value) : undefined
    return inner === undefined ? [value] : [value, ...leaves(inner)]
  }
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves)
  return [String(value)]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
