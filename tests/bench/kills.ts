/** A hundred times kill -9 under traffic: nothing that was acknowledged may be lost, nothing may be posted twice. */
import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'

const kills = Number(process.env.BENCH_KILLS ?? 100)
const token = 'bench-token'
// Unlike each other, and none begins like a command: who is asked what they meant has lost nothing.
const troubles = [
  'mail bounces',
  'search is slow',
  'nobody can pay',
  'disks fill up',
  'login loops',
  'reports stay empty',
  'certificate expired',
  'queue grows',
  'backups missing',
  'clocks differ',
]
const drainSecondsMax = 240

export async function measureKills(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('kills')
  const env = configWith(bench, withoutStorms)
  const accepted = new Set<string>()
  const ana = simulator.slack.person('ana')
  const [general] = simulator.slack.channels()
  let commands = 0
  for (let round = 0; round < kills; round += 1) {
    const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
    simulator.connect(`${bot.url}/slack/events`)
    const title = `kill-${round}`
    const sending = [
      post(bot.url, { title }).then((isTaken) => isTaken && accepted.add(title)),
      // Every tenth round somebody also declares.
      ...(round % 10 === 0
        ? [
            ana.type(general?.id ?? '', `/inc ${troubles[(round / 10) % troubles.length]}`).then((ack) => {
              // With a sentence of apology it was not taken.
              if (ack.outcome === 'ok' && ack.body === '') commands += 1
            }),
          ]
        : []),
    ]
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
    await bot.kill()
    await Promise.all(sending)
  }
  const last = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const database = await openDatabase(databaseUrl, { connections: 2 })
  try {
    await drained(database.db)
    const shown = messages(simulator, 'alerts')
    const lost = [...accepted].filter((title) => !shown.includes(title))
    const [incidents] = await rows<{ n: number }>(database.db, sql`select count(*)::int as n from incidents`)
    const announced = messages(simulator, 'incidents')
    const twice = shown.length - new Set(shown).size + (announced.length - new Set(announced).size)
    const lostCommands = Math.max(commands - (incidents?.n ?? 0), 0)
    const differences = await findDifferences(database.db)
    const traffic = `${accepted.size} alerts and ${commands} commands acknowledged`
    return [
      {
        what: `${kills} × kill -9 under traffic: acknowledged and lost`,
        figure: String(lost.length + lostCommands),
        baseline: traffic,
        bar: '0',
        isMet: lost.length + lostCommands === 0,
      },
      {
        what: 'the same: posted twice',
        figure: String(twice),
        baseline: `${shown.length + announced.length} posts`,
        bar: '0',
        isMet: twice === 0,
      },
      {
        what: 'the same: subjects whose journal does not fold to what is stored',
        figure: String(differences.length),
        baseline: '',
        bar: '0',
        isMet: differences.length === 0,
      },
    ]
  } finally {
    await database.close()
    await last.kill()
    await simulator.close()
  }
}

async function drained(db: Awaited<ReturnType<typeof openDatabase>>['db']): Promise<void> {
  const until = Date.now() + drainSecondsMax * 1_000
  while (Date.now() < until) {
    const [open] = await rows<{ n: number }>(
      db,
      sql`select (select count(*) from inbox_work)::int + (select count(*) from outbox where closed_at is null)::int as n`,
    )
    if (open?.n === 0) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function post(url: string, body: object): Promise<boolean> {
  return fetch(`${url}/hooks/generic`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  }).then(
    (response) => response.ok,
    () => false,
  )
}

/** Each message's subject: an alert's title, an announcement's key. */
function messages(simulator: Simulator, name: string): string[] {
  const channel = simulator.slack.channels().find((candidate) => candidate.name === name)
  const posted = channel
    ? simulator.slack.messages(channel.id).filter((message) => message.onlyFor === null && !message.deleted)
    : []
  return posted.map((message) => /kill-\d+|INC-\d+/.exec(message.text)?.[0] ?? message.text)
}
