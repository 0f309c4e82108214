/** Where actions are measured: a database, a simulated outside, a catalogue, and bots that come and go. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { sql } from 'drizzle-orm'
import { type Db, openDatabase, rows } from '../../src/core/db.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { type BotProcess, startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { rehearsed } from '../support/rehearsal.ts'
import type { Bench } from './run.ts'

export interface Scene {
  simulator: Simulator
  dataFolder: string
  db: Db
  bot(): Promise<BotProcess>
  type(person: string, line: string): Promise<void>
  close(): Promise<void>
}

export interface EntryOf {
  name: string
  verb: string
  service: string
  takesMilliseconds?: number
  /** Of this entry alone. */
  changes?: Record<string, unknown>
}

export const rollbacksOf = (services: readonly string[]): EntryOf[] =>
  services.map((service) => ({ name: `bench-${service}`, verb: 'rollback', service }))

export async function newScene(
  bench: Bench,
  name: string,
  entries: readonly EntryOf[],
  takesMilliseconds: number,
  changes: Record<string, unknown> = {},
): Promise<Scene> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-bench-actions-'))
  const configFile = path.join(dataFolder, 'tocsin.yml')
  const catalogue = entries.map(
    ({ name: entry, verb, service, takesMilliseconds: own = takesMilliseconds, changes: more }) =>
      rehearsed(entry, {
        verb,
        targets: [`${service}/production`],
        with: { takesMilliseconds: own },
        ...changes,
        ...more,
      }),
  )
  const services = [...new Set(entries.map(({ service }) => service))]
  const example = readFileSync('tocsin.yml', 'utf8')
  const declared = services.map((service) => `  ${service}: { team: platform, environments: [production] }\n`).join('')
  writeFileSync(
    configFile,
    example
      .replace(/demoService: \{.*\}/, 'demoService: null')
      // One person asks for all of it here.
      .replace(/per(Person|Target): \d+/g, 'per$1: 1000')
      .replace('\nservices:\n', (line) => `${line}${declared}`)
      .replace(
        '  catalogue: # What can be done from Slack. Nothing else can.\n',
        (line) => `${line}${catalogue.join('')}`,
      ),
  )
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl(name)
  const database = await openDatabase(databaseUrl, { connections: 3 })
  const general = () => simulator.slack.channels().find((channel) => channel.name === 'general')?.id ?? ''
  return {
    simulator,
    dataFolder,
    db: database.db,
    async bot() {
      const env = { TOCSIN_CONFIG: configFile, TOCSIN_DATA_DIR: dataFolder }
      const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'bench', env })
      simulator.connect(`${bot.url}/slack/events`)
      return bot
    },
    type: async (person, line) => void (await simulator.slack.person(person).type(general(), line)),
    async close() {
      await simulator.close()
      await database.close()
    },
  }
}

export async function until(isSo: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1_000
  while (Date.now() < end) {
    // In sequence: asking until it is so.
    if (await isSo()) return true
    await pause(20)
  }
  return false
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
export const count = async (db: Db, query: ReturnType<typeof sql>) => (await rows<{ n: number }>(db, query))[0]?.n ?? 0
