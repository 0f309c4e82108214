/** An incident that has grown large, a past that has grown long, and how soon a change is seen. */
import pg from 'pg'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator, SlackMessage } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const changes = 16
const rounds = 8
const past = 100_000
const large = { lines: 10_000, tasks: 200, people: 500 }
const room = 'inc-1-search-is-slow'
// Slack takes some twenty topics a minute.
const pauseMilliseconds = 3_200

export async function measureIncidents(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('incidents')
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'bench-token' })
  simulator.connect(`${bot.url}/slack/events`)
  const database = new pg.Client({ connectionString: databaseUrl })
  await database.connect()
  try {
    await typed(simulator, 'general', '/inc p4 search is slow')
    await until(() => messagesIn(simulator, room).some(({ text }) => text.includes('INC-1')))
    const seen = await measureSeen(simulator)
    const small = await measureCommands(simulator)
    await makeLarge(database)
    const grown = await measureCommands(simulator)
    const short = await measureList(simulator)
    await makePast(database)
    const long = await measureList(simulator)
    return [seenFigure(seen), grownFigure(grown, small), listFigure(long, short)]
  } finally {
    await database.end()
    await bot.kill()
    await simulator.close()
  }
}

/** From the line that changes the severity to the card that shows it, and the topic beside it. */
async function measureSeen(simulator: Simulator): Promise<number[]> {
  const spent: number[] = []
  for (let n = 0; n < changes; n += 1) {
    const to = n % 2 === 0 ? 'P3' : 'P4'
    const began = performance.now()
    await typed(simulator, room, `/inc sev ${to} counted again`)
    await until(
      () =>
        messagesIn(simulator, room).some(({ text }) => text.startsWith(`INC-1 ${to}`)) &&
        channelNamed(simulator, room).topic.includes(to),
    )
    spent.push(performance.now() - began)
    await pause(pauseMilliseconds)
  }
  return spent
}

// What answers its asker alone: nobody waits for a channel's turn.
const commands = [
  '/inc info',
  '/inc timeline',
  '/inc tasks',
  '/inc tasks mine',
  '/inc roles',
  '/inc why',
  '/inc similar',
  '/inc catchup',
  '/inc help',
]

/** From the line to its answer. */
async function measureCommands(simulator: Simulator): Promise<number[]> {
  const spent: number[] = []
  for (let n = 0; n < rounds; n += 1) for (const line of commands) spent.push(await answered(simulator, room, line))
  return spent
}

async function measureList(simulator: Simulator): Promise<number[]> {
  const spent: number[] = []
  for (let n = 0; n < rounds; n += 1)
    for (const line of ['/inc list', '/inc list all', '/inc list p2', '/inc list checkout timeouts'])
      spent.push(await answered(simulator, 'general', line))
  return spent
}

async function answered(simulator: Simulator, place: string, line: string): Promise<number> {
  const before = toldTo(simulator).length
  const began = performance.now()
  const ack = await typed(simulator, place, line)
  const isAnswered = () => toldTo(simulator).length > before
  if (!isAnswered()) await until(isAnswered).catch(() => fail(`${line} was not answered: ${JSON.stringify(ack.body)}`))
  const spent = performance.now() - began
  await pause(30)
  return spent
}

/** In one statement each, as if it had come in over a long night. */
async function makeLarge(database: pg.Client): Promise<void> {
  await database.query(
    `insert into timeline_entries (id, incident_id, kind, said_at, author_name, text, files, noted_at, status, kept_by_hand, marks, versions)
      select 'n' || (1000000 + n), '1', 'note', now() - n * interval '1 second', 'Ana', 'step ' || n, '[]',
        now() - n * interval '1 second', 'kept', true, '{}', '[]' from generate_series(1, $1) n`,
    [large.lines],
  )
  await database.query(
    `insert into journal (at, feature, subject, type, event, actor)
      select now() - n * interval '1 second', 'timeline', 'n' || (1000000 + n), 'timeline.noted',
        jsonb_build_object('type', 'timeline.noted', 'id', 'n' || (1000000 + n), 'incident', '1', 'text', 'step ' || n),
        '{"kind":"tocsin","what":"bench"}' from generate_series(1, $1) n`,
    [large.lines],
  )
  await database.query(
    `insert into tasks (incident_id, number, kind, text, created_at, status, reminded_count)
      select '1', n, 'task', 'look at shard ' || n, now(), 'open', 0 from generate_series(2, $1::int + 1) n`,
    [large.tasks],
  )
  await database.query(
    `update incidents set members = members || (select jsonb_agg('U0CROWD' || n) from generate_series(1, $1) n) where id = 1`,
    [large.people],
  )
  await database.query('analyze')
}

/** Closed ones of every kind, said with the words that people use. */
async function makePast(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ columns: string }>(
    `select string_agg(quote_ident(column_name), ',') as columns from information_schema.columns
      where table_name = 'incidents' and column_name not in ('id', 'title', 'status', 'severity', 'service', 'members', 'channel_id', 'channel_name')`,
  )
  const columns = rows[0]?.columns ?? ''
  await database.query(
    `insert into incidents (id, title, status, severity, service, members, ${columns})
      select n, (array['checkout', 'search', 'payments', 'login', 'mail'])[1 + n % 5] || ' '
          || (array['errors', 'timeouts', 'latency', 'down'])[1 + n % 4] || ' after ' || md5(n::text),
        'closed', 'P' || (2 + n % 3), (array['checkout', 'search', 'payments'])[1 + n % 3], '[]', ${columns}
      from incidents, generate_series(2, $1::int) n where id = 1`,
    [past + 1],
  )
  await database.query('analyze incidents')
}

function seenFigure(spent: readonly number[]): Figure {
  const p50 = percentile(spent.slice(2), 0.5)
  return {
    what: 'a changed severity → card and topic show it, median',
    figure: milliseconds(p50),
    baseline: `95th percentile: ${milliseconds(percentile(spent.slice(2), 0.95))}`,
    bar: '≤ 500 ms',
    isMet: p50 <= 500,
  }
}

function grownFigure(grown: readonly number[], small: readonly number[]): Figure {
  const p99 = percentile(grown, 0.99)
  return {
    what: `a command → its answer, ${large.lines} timeline lines, ${large.tasks} tasks, ${large.people} people, 99th percentile`,
    figure: milliseconds(p99),
    baseline: `a new incident: ${milliseconds(percentile(small, 0.99))}`,
    bar: '≤ 300 ms',
    isMet: p99 <= 300,
  }
}

function listFigure(long: readonly number[], short: readonly number[]): Figure {
  const p95 = percentile(long, 0.95)
  return {
    what: `/inc list among ${past} past incidents → its answer, 95th percentile`,
    figure: milliseconds(p95),
    baseline: `among one: ${milliseconds(percentile(short, 0.95))}`,
    bar: '≤ 100 ms',
    isMet: p95 <= 100,
  }
}

async function typed(simulator: Simulator, place: string, line: string) {
  const ana = simulator.slack.person('ana')
  await until(() => channelNamed(simulator, place).members.includes(ana.id))
  const ack = await ana.type(channelNamed(simulator, place).id, line)
  if (ack.outcome !== 'ok') fail(`${line} was not acknowledged: ${JSON.stringify(ack)}`)
  return ack
}

function channelNamed(simulator: Simulator, name: string) {
  return simulator.slack.channels().find((one) => one.name === name) ?? fail(`there is no #${name}`)
}

function messagesIn(simulator: Simulator, name: string): readonly SlackMessage[] {
  const channel = simulator.slack.channels().find((one) => one.name === name)
  return channel ? simulator.slack.messages(channel.id) : []
}

/** What only Ana sees, wherever it is. */
function toldTo(simulator: Simulator): SlackMessage[] {
  const ana = simulator.slack.person('ana').id
  return simulator.slack
    .channels()
    .flatMap(({ id }) => simulator.slack.messages(id))
    .filter(({ onlyFor }) => onlyFor === ana)
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 15_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it did not come')
    await pause(1)
  }
}

function pause(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration))
}

function fail(words: string): never {
  throw new Error(words)
}
