/** Whoever swaps may die anywhere, and whoever mends may too: real folders, and every moment at which it can happen. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mend, type Server, swap, swapFileOf, swapOf } from './swapping.ts'

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-swap-'))
afterAll(() => fs.rmSync(home, { recursive: true, force: true }))

type Trouble = 'none' | 'new one does not start' | 'new one is not as it should be' | 'does not stop'

class Died extends Error {}

/** Folders with a cluster in each, and a server that lives on when whoever worked on it dies. */
function openPlay(trouble: Trouble) {
  const folder = fs.mkdtempSync(path.join(home, 'play-'))
  const names = {
    key: 'tocsin-action-1',
    data: path.join(folder, 'main'),
    next: path.join(folder, 'restored'),
    keepAs: path.join(folder, 'main_before'),
    standsFor: null,
  }
  fs.mkdirSync(names.data)
  fs.mkdirSync(names.next)
  fs.writeFileSync(path.join(names.data, 'which'), 'old')
  fs.writeFileSync(path.join(names.next, 'which'), 'new')
  const which = (of: string) => (fs.existsSync(of) ? fs.readFileSync(path.join(of, 'which'), 'utf8') : null)
  const serving: { which: string | null } = { which: 'old' }
  const hasTrouble = { stopping: trouble === 'does not stop' }

  /** Does it until the given moment, and then never again. The number of moments, when it came to an end. */
  async function live(steps: (server: Server) => AsyncGenerator<string>, moment: number): Promise<number> {
    let moments = 0
    const death = Promise.withResolvers<never>()
    const dies = async () => {
      moments += 1
      if (moments <= moment) return
      death.reject(new Died())
      // Not an error that anybody could catch: nothing comes after it.
      await new Promise(() => {})
    }
    const server: Server = {
      async stop() {
        await dies()
        if (hasTrouble.stopping) throw new Error('it does not stop')
        serving.which = null
        await dies()
      },
      async start() {
        await dies()
        if (serving.which !== null) throw new Error('another server might be running')
        if (which(names.data) === 'new' && trouble === 'new one does not start') throw new Error('it does not start')
        serving.which = which(names.data)
        await dies()
      },
      answers: async () => serving.which !== null,
      async check() {
        await dies()
        if (trouble === 'new one is not as it should be') throw new Error('nothing is in it')
      },
    }
    const end = async () => {
      for await (const _ of steps(server)) await dies()
    }
    // How it went is told by what it leaves.
    await Promise.race([end().catch(() => {}), death.promise])
    return moments
  }
  const mends = (moment = Number.POSITIVE_INFINITY) => {
    const half = swapOf(names.data)
    return half === null ? Promise.resolve(0) : live((server) => mend(half, server), moment)
  }
  return { names, which, serving, live, mends }
}

async function hasDied(life: Promise<number>): Promise<boolean> {
  return life.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Died) return true
      throw error
    },
  )
}

test.each<[Trouble, string]>([
  ['none', 'live'],
  ['new one does not start', 'taken back'],
  ['new one is not as it should be', 'taken back'],
  ['does not stop', 'taken back'],
])('with trouble “%s” nobody dies, and it is %s', async (trouble, end) => {
  const { names, which, serving, live } = openPlay(trouble)

  await live((server) => swap(names, server), Number.POSITIVE_INFINITY)

  expect(swapOf(names.data)?.standing).toBe(end)
  expect(which(names.data)).toBe(end === 'live' ? 'new' : 'old')
  expect(which(end === 'live' ? names.keepAs : names.next)).toBe(end === 'live' ? 'old' : 'new')
  expect(serving.which).toBe(which(names.data))
})

test.each<Trouble>(['none', 'new one does not start', 'new one is not as it should be', 'does not stop'])(
  'with trouble “%s”: killed at every moment, and its mender too, it comes to one of its two ends with nothing lost',
  async (trouble) => {
    const ends: string[] = []
    for (let first = 0, isThrough = false; !isThrough; first += 1) {
      for (let second = 0, isMended = false; !isMended; second += 1) {
        const { names, which, serving, live, mends } = openPlay(trouble)
        // In sequence: a life after another.
        isThrough = !(await hasDied(live((server) => swap(names, server), first)))
        isMended = isThrough || !(await hasDied(mends(second)))
        await mends()

        const standing = swapOf(names.data)?.standing
        const [now, other] = standing === 'live' ? ['new', names.keepAs] : ['old', names.next]
        expect(
          { standing, live: which(names.data), other: which(other), serving: serving.which },
          `${first}, ${second}`,
        ).toEqual({
          standing: standing === undefined ? undefined : expect.stringMatching(/^(live|taken back)$/),
          live: now,
          other: now === 'new' ? 'old' : 'new',
          serving: now,
        })
        ends.push(standing ?? 'nothing')
      }
    }
    // The loop met both sides of the point of no return, and more than a handful of moments.
    expect(ends.length).toBeGreaterThan(trouble === 'does not stop' ? 3 : 20)
    expect(new Set(ends)).toContain('taken back')
    expect(ends.includes('live')).toBe(trouble === 'none' || trouble === 'new one is not as it should be')
  },
)

// The fifth moment comes after the first renaming.
test('what is written down says what to do by hand, and a second swap does not begin before that was done', async () => {
  const { names, live } = openPlay('none')
  await hasDied(live((server) => swap(names, server), 4))

  expect(JSON.parse(fs.readFileSync(swapFileOf(names.data), 'utf8'))).toMatchObject({
    standing: 'under way',
    forPeople: expect.stringContaining(`rename ${names.keepAs} to ${names.data}`),
  })
  const again = swap({ ...names, key: 'tocsin-action-2' }, {} as Server)
  await expect(again.next()).rejects.toThrow('another swap is half-way')
})

test('folders that are not the ones that were written down are left alone', async () => {
  const { names, which, live, mends } = openPlay('none')
  await hasDied(live((server) => swap(names, server), 4))
  fs.mkdirSync(names.data)
  fs.writeFileSync(path.join(names.data, 'which'), 'somebody else')

  await mends()

  expect(which(names.data)).toBe('somebody else')
  expect(swapOf(names.data)?.standing).toBe('under way')
})
