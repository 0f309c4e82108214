/** The bot as a process: killed, doubled, cut off from its database, started on yesterday's data. */
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../../src/core/db.ts'
import { migrate, readMigrations } from '../../src/core/migrations.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator, SlackMessage } from '../../src/simulator/types.ts'
import { type BotProcess, type BotProcessOptions, startBotProcess } from '../support/bot-process.ts'
import { freshDatabaseUrl } from '../support/database.ts'
import { manifest } from '../support/manifest.ts'
import { type Server, startServer } from '../support/postgres.ts'

const hookToken = 'story-token'
const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function newSimulator(): Promise<Simulator> {
  const simulator = await startSimulator({ manifest })
  cleanUps.push(() => simulator.close())
  return simulator
}

async function newBot(options: Omit<BotProcessOptions, 'hookToken'> & { simulator: Simulator }): Promise<BotProcess> {
  const bot = await startBotProcess({ ...options, hookToken })
  const state = { isRunning: true }
  cleanUps.push(async () => {
    if (state.isRunning) await bot.kill().catch(() => {})
  })
  options.simulator.connect(`${bot.url}/slack/events`)
  const ended = async <Result>(end: () => Promise<Result>) => {
    state.isRunning = false
    return end()
  }
  return { ...bot, kill: () => ended(bot.kill), stop: () => ended(bot.stop) }
}

const post = (bot: BotProcess, body: object) =>
  fetch(`${bot.url}/hooks/generic`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hookToken}` },
    body: JSON.stringify(body),
  }).then(
    (response) => response.status,
    () => 0,
  )
const inChannel = (simulator: Simulator, name: string): readonly SlackMessage[] => {
  const channel = simulator.slack.channels().find((candidate) => candidate.name === name)
  return channel ? simulator.slack.messages(channel.id).filter((message) => message.onlyFor === null) : []
}
// A channel takes one message a second, and a dead worker is noticed after nine.
const patience = { timeout: 40_000, interval: 50 }

test('killed in the middle: what was acknowledged is done after the next start, and said once', {
  timeout: 120_000,
}, async () => {
  const simulator = await newSimulator()
  const databaseUrl = await freshDatabaseUrl()
  const accepted = new Set<string>()
  for (let round = 0; round < 4; round += 1) {
    const bot = await newBot({ simulator, databaseUrl })
    const sending = Array.from({ length: 4 }, async (_, n) => {
      const title = `alert-${round}-${n}`
      if ((await post(bot, { title })) === 200) accepted.add(title)
    })
    await new Promise((resolve) => setTimeout(resolve, 20 + round * 25))
    await bot.kill()
    await Promise.all(sending)
  }
  const last = await newBot({ simulator, databaseUrl })

  const shown = () => inChannel(simulator, 'alerts').map((message) => message.text.replace('Firing: ', ''))
  await expect.poll(() => [...accepted].filter((title) => !shown().includes(title)), patience).toEqual([])
  expect(accepted.size).toBeGreaterThan(0)
  expect(shown().length).toBe(new Set(shown()).size)
  expect(await last.stop()).toBe(0)
  const database = await openDatabase(databaseUrl, { connections: 1 })
  expect(await findDifferences(database.db)).toEqual([])
  await database.close()
})

test('two replicas share the work; one is killed, and the other finishes within fifteen seconds', {
  timeout: 120_000,
}, async () => {
  const simulator = await newSimulator()
  const databaseUrl = await freshDatabaseUrl()
  const first = await newBot({ simulator, databaseUrl })
  const second = await newBot({ simulator, databaseUrl })
  simulator.slack.faults.mode = 'slow'
  simulator.slack.faults.slowMilliseconds = 400
  await Promise.all(Array.from({ length: 10 }, (_, n) => post(n % 2 ? first : second, { title: `alert-${n}` })))
  await first.kill()
  simulator.slack.faults.mode = 'up'
  const killedAt = performance.now()

  const shown = () => inChannel(simulator, 'alerts').map((message) => message.text)
  await expect.poll(() => new Set(shown()).size, patience).toBe(10)
  expect(performance.now() - killedAt).toBeLessThan(15_000 + 5_000)
  expect(shown()).toHaveLength(10)
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
})

test('the database goes away and comes back: nobody hangs, nothing that was accepted is lost', {
  timeout: 120_000,
}, async () => {
  const server: Server = await startServer({ isDurable: true })
  cleanUps.push(() => server.stop())
  const simulator = await newSimulator()
  const bot = await newBot({ simulator, databaseUrl: server.url })
  expect(await post(bot, { title: 'before' })).toBe(200)
  await expect.poll(() => inChannel(simulator, 'alerts').length, patience).toBe(1)

  await server.kill()
  expect(await post(bot, { title: 'during' })).toBe(503)
  const ack = await simulator.slack.person('ana').type(simulator.slack.channels()[0]?.id ?? '', '/inc checkout is down')
  expect(ack).toMatchObject({ outcome: 'ok', body: { text: expect.stringContaining('nothing was done') } })
  expect(ack.milliseconds).toBeLessThan(1_500)
  expect((await fetch(`${bot.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${bot.url}/healthz`)).status).toBe(200)
  await server.start()

  await expect.poll(() => post(bot, { title: 'after' }), patience).toBe(200)
  await expect
    .poll(() => inChannel(simulator, 'alerts').map((message) => message.text), patience)
    .toEqual(['Firing: before', 'Firing: after'])
  expect(await bot.stop()).toBe(0)
})

test('the embedded database keeps yesterday: started again, the bot knows everything, and a second one is refused', {
  timeout: 120_000,
}, async () => {
  const simulator = await newSimulator()
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-data-'))
  const bot = await newBot({ simulator, databaseUrl: null, dataFolder })
  expect(await post(bot, { title: 'CheckoutDown', severity: 'critical' })).toBe(200)
  await expect.poll(() => inChannel(simulator, 'inc-1-checkoutdown').length, patience).toBe(1)
  await expect(startBotProcess({ simulator, databaseUrl: null, dataFolder, hookToken })).rejects.toThrow(
    'another Tocsin is using the embedded database',
  )
  await bot.kill()
  const again = await newBot({ simulator, databaseUrl: null, dataFolder })

  const [card] = inChannel(simulator, 'inc-1-checkoutdown')
  if (!card) throw new Error('the card is gone')
  await simulator.slack.person('ben').click(card, 'Take lead')
  await expect
    .poll(() => inChannel(simulator, 'inc-1-checkoutdown').at(-1)?.text, patience)
    .toContain('leads this incident now')
  expect(await again.stop()).toBe(0)
})

test('a release that finds a migration changed after it ran says which, and does not start', async () => {
  const database = await openDatabase(await freshDatabaseUrl(), { connections: 1 })
  cleanUps.push(() => database.close())
  const [first, ...others] = readMigrations('migrations')
  if (!first) throw new Error('there are no migrations')
  await expect(migrate(database.db, [{ ...first, sha: 'other' }, ...others])).rejects.toThrow(
    'was changed after it ran here',
  )
})

test('replicas that start together migrate once', async () => {
  const server = await freshDatabaseUrl()
  const databases = await Promise.all([1, 2, 3].map(() => openDatabase(server, { connections: 1 })))
  cleanUps.push(async () => void (await Promise.all(databases.map((database) => database.close()))))
  const extra = { name: '9999-extra.sql', sha: 'x', script: 'create table extra (id integer);' }
  const done = await Promise.all(
    databases.map((database) => migrate(database.db, [...readMigrations('migrations'), extra])),
  )
  expect(done.flat()).toEqual(['9999-extra.sql'])
})
