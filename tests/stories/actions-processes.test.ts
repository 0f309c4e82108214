/** Actions and processes: killed, restarted, and run somewhere else than where Slack is heard. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, expect, test, vi } from 'vitest'
import { auditVerify } from '../../src/audit.ts'
import { openDatabase, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { freshDatabaseUrl } from '../support/database.ts'
import { freshDataFolder } from '../support/made-once.ts'
import { manifest } from '../support/manifest.ts'
import { tocsin } from '../support/program.ts'
import { rehearsed, startsOf, withEntries } from '../support/rehearsal.ts'
import { startRunnerProcess } from '../support/runner-process.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A place for the files of actions, a configuration, a database and a simulated outside, for processes to come and go. */
async function newScene(takesMilliseconds: number, changes: Record<string, unknown> = {}) {
  const dataFolder = await freshDataFolder()
  cleanUps.push(() => rmSync(dataFolder, { recursive: true, force: true }))
  const configFile = path.join(dataFolder, 'tocsin.yml')
  const entry = rehearsed('rollback-checkout', { with: { takesMilliseconds }, ...changes })
  const anchorFile = path.join(dataFolder, 'anchors')
  const example = withEntries(entry)(readFileSync('tocsin.yml', 'utf8'))
  writeFileSync(configFile, example.replace('anchorFile: null', `anchorFile: ${anchorFile}`))
  const simulator = await startSimulator({ manifest })
  cleanUps.push(() => simulator.close())
  const databaseUrl = await freshDatabaseUrl()
  const database = await openDatabase(databaseUrl, { connections: 1 })
  cleanUps.push(() => database.close())
  const general = () => simulator.slack.channels().find((channel) => channel.name === 'general')?.id ?? ''
  const env = { TOCSIN_CONFIG: configFile, TOCSIN_DATA_DIR: dataFolder }
  return {
    dataFolder,
    databaseUrl,
    db: database.db,
    env,
    async bot(more: Record<string, string> = {}) {
      const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'x', env: { ...env, ...more } })
      const running = { is: true }
      cleanUps.push(() => (running.is ? bot.kill() : undefined))
      simulator.connect(`${bot.url}/slack/events`)
      const ended = <Result>(end: () => Promise<Result>) => {
        running.is = false
        return end()
      }
      return { ...bot, kill: () => ended(bot.kill), stop: () => ended(bot.stop) }
    },
    type: (person: string, line: string) => simulator.slack.person(person).type(general(), line),
    async shows(channel: string, words: string) {
      const id = simulator.slack.channels().find(({ name }) => name === channel)?.id ?? ''
      const isThere = () => simulator.slack.messages(id).some((message) => message.text.includes(words))
      await expect.poll(isThere, { timeout: 30_000, interval: 50 }).toBe(true)
    },
    async asked({ number = 1, environment = 'production' } = {}) {
      const line = `/action rollback checkout ${environment} because clients see errors`
      await simulator.slack.person('ana').type(general(), line)
      await this.reaches(number, 'waiting')
    },
    async approved({ number = 1 } = {}) {
      await this.asked({ number })
      await simulator.slack.person('ben').type(general(), `/action approve A-${number}`)
    },
    async reaches(number: number, wanted: string) {
      const state = async () =>
        (await rows<{ state: string }>(database.db, sql`select state from actions where id = ${number}`))[0]?.state
      await expect.poll(state, { timeout: 40_000, interval: 50 }).toBe(wanted)
    },
  }
}

test('what runs outlives its bot, killed or told to stop; what was never started is not, and nothing begins twice', {
  timeout: 120_000,
}, async () => {
  const scene = await newScene(3_000)
  const first = await scene.bot()
  await scene.approved()
  await scene.reaches(1, 'running')
  await first.kill()

  const second = await scene.bot()
  await scene.reaches(1, 'succeeded')
  expect(await findDifferences(scene.db)).toEqual([])
  await scene.approved({ number: 2 })
  await scene.asked({ number: 3, environment: 'staging' })
  await scene.reaches(2, 'running')
  const began = performance.now()
  expect(await second.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(10_000)

  // The third as a process leaves it that dies between the decision to start and the start.
  await scene.db.execute(sql`insert into action_approvals
    select id, plan_number, plan_hash, 'U0BEN00002', '["approvers"]', now() from actions where id = 3`)
  for (const state of ['approved', 'preflight'])
    await scene.db.execute(sql`update actions set state = ${state} where id = 3`)
  await scene.db.execute(sql`update actions set state = 'dispatching', dispatch_key = 'tocsin-action-3',
    dispatched_at = now(), guards = '[{"name":"drift","isOk":true,"why":""}]' where id = 3`)
  const runner = await startRunnerProcess({ ...scene.env, DATABASE_URL: scene.databaseUrl })
  cleanUps.push(() => runner.stop())
  await scene.reaches(2, 'succeeded')
  await scene.reaches(3, 'settled_not_done')
  expect(startsOf(scene)).toEqual(['tocsin-action-1', 'tocsin-action-2'])
  expect(startsOf(scene, 'checkout-staging')).toEqual([])
})

test('on the embedded database it is the same', { timeout: 90_000 }, async () => {
  const scene = await newScene(100)
  const bot = await scene.bot({ DATABASE_URL: '' })
  await scene.type('ana', '/action rollback checkout production because clients see errors')
  await scene.shows('ops', 'A-1 waits for approval')
  await scene.type('ben', '/action approve A-1')
  await scene.shows('ops', 'A-1 worked and is verified')
  expect(startsOf(scene)).toEqual(['tocsin-action-1'])
  const newest = () => readFileSync(path.join(scene.dataFolder, 'anchors'), 'utf8').trim().split('\n').at(-1)
  // Written by the runner once it has let go, which may be after Slack has heard.
  await expect.poll(newest, { timeout: 20_000 }).toMatch(/"hash":"[0-9a-f]{64}"/)
  expect(await bot.stop()).toBe(0)
})

test('`tocsin runner` runs what the bot, which holds no keys, only hears about', { timeout: 90_000 }, async () => {
  // A command that works with the key alone, and says so. Only the runner is started with it.
  const scene = await newScene(0, {
    executor: 'process',
    with: {
      run: ['/bin/sh', '-c', 'case "$TOKEN" in the-key*) echo "it fits: $TOKEN" ;; *) exit 1 ;; esac'],
      secrets: { TOKEN: 'DEPLOY_TOKEN' },
    },
    params: {},
    verify: { probes: [{ command: { run: ['/bin/true'] } }], passes: 1, every: '1s', within: '10s' },
  })
  await scene.bot({ TOCSIN_RUNNER: 'elsewhere' })
  const approving = scene.approved()
  const key = { DEPLOY_TOKEN: 'the-key-of-production' }
  const runner = await startRunnerProcess({ ...scene.env, ...key, DATABASE_URL: scene.databaseUrl })
  await approving
  await scene.reaches(1, 'succeeded')
  const kept = await rows(scene.db, sql`select tail, plan, handle, detail from actions where id = 1`)
  expect(JSON.stringify(kept)).toContain('it fits: ')
  // Nor does the bot come by it through what they share.
  const shared = await rows(
    scene.db,
    sql`select event::text from journal union all select payload from audit_log union all select effect::text from outbox`,
  )
  expect(JSON.stringify([kept, shared])).not.toContain('the-key-of-production')
  expect(await runner.stop()).toBe(0)
})

test('`tocsin audit verify` names the row that somebody altered, and the anchors that are gone', {
  timeout: 60_000,
}, async () => {
  const scene = await newScene(100)
  const anchors = path.join(scene.dataFolder, 'anchors')
  for (const n of [1, 2, 3, 4, 5])
    await scene.db.execute(sql`select audit_append('note', 'actions/1', ${JSON.stringify({ n })}::jsonb)`)
  const [head] = await rows<{ hash: string }>(scene.db, sql`select hash from audit_log where seq = 5`)
  writeFileSync(anchors, `${JSON.stringify({ seq: 5, hash: head?.hash, at: '2026-11-21T08:00:00Z' })}\n`)
  vi.stubEnv('DATABASE_URL', scene.databaseUrl)
  cleanUps.push(() => vi.unstubAllEnvs())
  const verified = async (anchorFile: string | null) => {
    const said: string[] = []
    const isWhole = await auditVerify((line) => said.push(line), anchorFile)
    return { isWhole, said: said.join('\n') }
  }

  expect(await verified(anchors)).toEqual({
    isWhole: true,
    said: expect.stringContaining('5 rows, each as it was written'),
  })
  await scene.db.execute(sql`alter table audit_log disable trigger all`)
  await scene.db.execute(sql`update audit_log set payload = replace(payload, '"n": 3', '"n": 4') where seq = 3`)
  const ended = await tocsin(['audit', 'verify'], { DATABASE_URL: scene.databaseUrl })
  expect(ended).toMatchObject({ code: 1, said: expect.stringContaining('Row 3 is not as it was written') })
  await scene.db.execute(sql`delete from audit_log where seq >= 3`)
  expect(await verified(null)).toMatchObject({ isWhole: true })
  expect(await verified(anchors)).toEqual({ isWhole: false, said: expect.stringContaining('Row 5 was') })
})
