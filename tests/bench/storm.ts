/**
 * A storm: 10,000 alerts of 500 groups within a minute. Everything is kept, nothing twice; Slack hears at most one edit a
 * second; people's commands are answered meanwhile; and at the end what still fires is shown.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../src/core/db.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith } from './config.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const groups = 500
const alertsInGroup = 20
const seconds = 60
// Of these groups alerts still fire when the storm is over.
const leftFiring = 20
const token = 'bench-token'

export async function measureStorm(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('storm')
  const env = configWith(bench, (example) => example.replace('calmAfter: 2m', 'calmAfter: 10s'))
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  simulator.connect(`${bot.url}/slack/events`)
  const database = await openDatabase(databaseUrl, { connections: 2 })
  const answers: number[] = []
  try {
    const memory = { highest: 0 }
    const watching = setInterval(() => {
      memory.highest = Math.max(memory.highest, megabytesOf(bot.pid))
    }, 250)
    const asking = askAgainAndAgain(simulator, answers)
    const accepted = await send(bot.url)
    const ends = await sendEnds(bot.url)
    await asking.stop()
    await drained(database.db)
    clearInterval(watching)

    const [kept] = await rows<{ members: number; groups: number; fired: number }>(
      database.db,
      sql`select (select count(*) from alert_members)::int as members, (select count(*) from alert_groups)::int as groups,
        (select count(*) from journal where type = 'alert.fired')::int as fired`,
    )
    const posts = postsOf(simulator)
    const edits = editsASecond(simulator)
    const p99 = percentile(answers, 0.99)
    const sent = `${accepted} alerts in ${groups} groups within ${seconds} s, ${ends} ends`
    return [
      figure(
        'storm: alerts accepted and lost',
        String(accepted - (kept?.members ?? 0)),
        sent,
        '0',
        kept?.members === accepted,
      ),
      figure(
        'the same: alerts that fired twice',
        String((kept?.fired ?? 0) - accepted),
        sent,
        '0',
        kept?.fired === accepted,
      ),
      figure(
        'the same: posts of one group beyond the first',
        String(posts.twice),
        `${posts.all} posts in #alerts`,
        '0',
        posts.twice === 0,
      ),
      figure(
        'the same: groups that fire at its end and are not shown',
        String(leftFiring - posts.leftShown),
        `${leftFiring} left firing`,
        '0',
        posts.leftShown === leftFiring,
      ),
      figure(
        'the same: most edits of one channel within a second',
        String(edits.most),
        `${edits.all} edits, ${edits.refused} refused by Slack`,
        '≤ 1, none refused',
        edits.most <= 1 && edits.refused === 0,
      ),
      figure('the same: memory of the bot', `${memory.highest} MB`, '', '≤ 350 MB', memory.highest <= 350),
      figure(
        'the same: /inc list answered meanwhile, p99',
        milliseconds(p99),
        `${answers.length} asked, median ${milliseconds(percentile(answers, 0.5))}`,
        '≤ 500 ms',
        p99 <= 500,
      ),
    ]
  } finally {
    await database.close()
    await bot.kill()
    await simulator.close()
  }
}

function figure(what: string, measured: string, baseline: string, bar: string, isMet: boolean): Figure {
  return { what, figure: measured, baseline, bar, isMet }
}

/** Each alert is a delivery of its own, evenly over the minute, the groups in turn. */
async function send(url: string): Promise<number> {
  const total = groups * alertsInGroup
  const started = performance.now()
  const taken = await Promise.all(
    Array.from({ length: total }, async (_, n) => {
      const due = started + (n / total) * seconds * 1_000
      await new Promise((resolve) => setTimeout(resolve, Math.max(due - performance.now(), 0)))
      return post(url, alertOf(n % groups, Math.floor(n / groups), { status: 'firing' }))
    }),
  )
  return taken.filter(Boolean).length
}

async function sendEnds(url: string): Promise<number> {
  let ends = 0
  for (let group = leftFiring; group < groups; group += 1) {
    const alerts = Array.from({ length: alertsInGroup }, (_, member) => alertOf(group, member, { status: 'resolved' }))
    // In sequence: the storm calms down, it does not end in a bang.
    if (await post(url, { alerts })) ends += alertsInGroup
  }
  return ends
}

function alertOf(group: number, member: number, more: object): object {
  const labels = { alertname: `Storm${group}`, service: 'search', instance: `host-${member}` }
  return { title: `Storm${group}`, severity: 'info', labels, ...more }
}

/** A connection that breaks is tried again, as every sender does. */
async function post(url: string, body: object, attemptsLeft = 5): Promise<boolean> {
  try {
    const response = await fetch(`${url}/hooks/generic`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return response.ok
  } catch (error) {
    if (attemptsLeft === 0) throw error
    await new Promise((resolve) => setTimeout(resolve, 500))
    return post(url, body, attemptsLeft - 1)
  }
}

function askAgainAndAgain(simulator: Simulator, answers: number[]): { stop(): Promise<void> } {
  const ana = simulator.slack.person('ana')
  const general = simulator.slack.channels().find(({ name }) => name === 'general')?.id ?? ''
  const state = { isOver: false }
  const ask = async () => {
    while (!state.isOver) {
      const before = answersTo(simulator)
      const started = performance.now()
      // In sequence: the next question comes when this one is answered.
      await ana.type(general, '/inc list')
      while (answersTo(simulator) === before && performance.now() - started < 10_000)
        await new Promise((resolve) => setTimeout(resolve, 2))
      answers.push(performance.now() - started)
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
  }
  const asking = ask()
  return {
    stop() {
      state.isOver = true
      return asking
    },
  }
}

function answersTo(simulator: Simulator): number {
  return simulator.slack
    .channels()
    .flatMap(({ id }) => simulator.slack.messages(id))
    .filter(({ onlyFor }) => onlyFor !== null).length
}

function postsOf(simulator: Simulator): { all: number; twice: number; leftShown: number } {
  const channel = simulator.slack.channels().find(({ name }) => name === 'alerts')
  const posted = channel ? simulator.slack.messages(channel.id).filter((message) => message.onlyFor === null) : []
  const names = posted.flatMap(({ text }) => /Storm\d+/.exec(text)?.[0] ?? [])
  const left = Array.from({ length: leftFiring }, (_, group) => `Storm${group}`)
  return {
    all: posted.length,
    twice: names.length - new Set(names).size,
    leftShown: left.filter((name) => names.includes(name)).length,
  }
}

function editsASecond(simulator: Simulator): { all: number; most: number; refused: number } {
  const calls = simulator.slack.calls.filter(({ method }) => method === 'chat.update')
  const refused = simulator.slack.calls.filter(
    ({ outcome }) => outcome === 'ratelimited' || outcome === 'http 429',
  ).length
  const done = calls.filter(({ outcome }) => outcome === 'ok')
  let most = 0
  for (const { at, args } of done) {
    const within = done.filter(
      (other) => other.args.channel === args.channel && other.at >= at && other.at.getTime() - at.getTime() < 1_000,
    )
    most = Math.max(most, within.length)
  }
  return { all: done.length, most, refused }
}

function megabytesOf(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1] ?? 0) / 1_024)
}

const drainSecondsMax = 180

/** Until nothing waits, and the storm is over. */
async function drained(db: Awaited<ReturnType<typeof openDatabase>>['db']): Promise<void> {
  const until = Date.now() + drainSecondsMax * 1_000
  while (Date.now() < until) {
    const [open] = await rows<{ n: number }>(
      db,
      sql`select (select count(*) from inbox_work)::int + (select count(*) from outbox where closed_at is null)::int
        + (select count(*) from alert_storms where status = 'raging')::int as n`,
    )
    if (open?.n === 0) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
