/**
 * `npm run bench`: each figure beside its baseline, measured in the same run on the same machine. Ratios travel;
 * seconds do not. With names as arguments only those run; the list below has them all.
 */
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startServer } from '../support/postgres.ts'
import { openRunFolder } from '../support/run-folder.ts'
import { measureAcks } from './acks.ts'
import { measureActionKills } from './action-kills.ts'
import { measureActions } from './actions.ts'
import { measureAlertmanager } from './alertmanager.ts'
import { measureComms } from './comms.ts'
import { measureHistory } from './history.ts'
import { measureIncidents } from './incidents.ts'
import { measureKills } from './kills.ts'
import { measureLatency } from './latency.ts'
import { measurePageKills } from './page-kills.ts'
import { measurePages } from './pages.ts'
import { measureRunbooks } from './runbooks.ts'
import { measureStarts } from './starts.ts'
import { measureStatus } from './status.ts'
import { measureStorm } from './storm.ts'
import { measureStormKills } from './storm-kills.ts'
import { measureWebhooks } from './webhooks.ts'

export interface Figure {
  what: string
  figure: string
  baseline: string
  bar: string
  isMet: boolean
}

export interface Bench {
  databaseUrl(name: string): Promise<string>
  folder(): string
}

const all = {
  webhooks: measureWebhooks,
  latency: measureLatency,
  pages: measurePages,
  acks: measureAcks,
  starts: measureStarts,
  incidents: measureIncidents,
  kills: measureKills,
  'page-kills': measurePageKills,
  storm: measureStorm,
  history: measureHistory,
  alertmanager: measureAlertmanager,
  'storm-kills': measureStormKills,
  actions: measureActions,
  'action-kills': measureActionKills,
  runbooks: measureRunbooks,
  status: measureStatus,
  comms: measureComms,
}

const wanted = process.argv.slice(2)
const home = openRunFolder()
// By itself a signal would end this process alone, and leave the bot and the database that it measures.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const server = await startServer({ isDurable: true })
const bench: Bench = {
  async databaseUrl(name) {
    const { default: pg } = await import('pg')
    const admin = new pg.Client({ connectionString: server.url })
    await admin.connect()
    await admin.query(`create database ${name}`)
    await admin.end()
    return server.url.replace(/\/postgres$/, `/${name}`)
  },
  folder: () => mkdtempSync(path.join(home, 'data-')),
}

print(
  `${os.cpus().length} × ${os.cpus()[0]?.model}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
)
print('| what | figure | baseline | bar | met |\n|---|---|---|---|---|')
const missed: string[] = []
try {
  for (const [name, measure] of Object.entries(all)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    // In sequence: they would measure each other.
    for (const { what, figure, baseline, bar, isMet } of await measure(bench)) {
      print(`| ${what} | ${figure} | ${baseline} | ${bar} | ${isMet ? 'yes' : '**no**'} |`)
      if (!isMet) missed.push(what)
    }
  }
} finally {
  await server.stop()
}
print(missed.length === 0 ? '\nEvery bar is met.' : `\nMissed: ${missed.join('; ')}.`)
process.exit(missed.length === 0 ? 0 : 1)

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
