/**
 * Messages to clients: how soon the form is there, and ten thousand subscribers written to by SMTP while the bot is
 * killed three times. A server that had taken a mail when its sender died may be given it again, under the same
 * Message-ID; such copies are counted beside.
 */
import { sql } from 'drizzle-orm'
import { createMailer } from '../../src/adapters/mail/index.ts'
import { openDatabase, rows } from '../../src/core/db.ts'
import { subscribers } from '../../src/features/comms/subscribers.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { PersonHands, Simulator, SlackMessage } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const readers = Number(process.env.BENCH_SUBSCRIBERS ?? 10_000)
const clicks = 40
const kills = 3
const patienceSeconds = 240

export async function measureComms(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('comms')
  const start = async () => {
    const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'bench-token' })
    simulator.connect(`${bot.url}/slack/events`)
    return bot
  }
  let bot = await start()
  const database = await openDatabase(databaseUrl, { connections: 2 })
  try {
    const [ana, ben] = [simulator.slack.person('ana'), simulator.slack.person('ben')]
    await ana.type(channelOf(simulator, 'general'), '/inc new p3 paying is slow')
    const room = await until(() => simulator.slack.channels().find(({ name }) => name.startsWith('inc-1'))?.id)
    const card = await until(() => cardIn(simulator, room))
    const opened = await timeClicks(ana, card, await drawnAlone(ana, card))

    const bare = await bareRate(simulator.mailbox.url)
    await addReaders(database.db)
    await ana.click(card, 'Draft client update')
    await until(() => ana.modal() ?? undefined)
    await ana.submit(message)
    const review = await until(() => messageIn(simulator, room, 'Message to clients 1.1'))
    const started = performance.now()
    await ben.click(review, 'Approve and publish')
    let killedFor = 0
    for (let n = 1; n <= kills; n += 1) {
      await until(() => (simulator.mailbox.mails().length >= (readers * n) / (kills + 1) ? true : undefined))
      const killed = performance.now()
      await bot.kill()
      bot = await start()
      killedFor += performance.now() - killed
    }
    const enough = () => simulator.mailbox.mails().length >= readers
    // Counted only when it can be so: counting ten thousand again and again would slow down what is measured.
    await until(() =>
      enough() && new Set(clientMails(simulator).map(({ to }) => to)).size >= readers ? true : undefined,
    )
    const seconds = (performance.now() - started) / 1_000
    await drained(database.db)
    return [opened, ...figures(clientMails(simulator), { seconds, away: killedFor / 1_000, bare })]
  } finally {
    await database.close()
    await bot.kill()
    await simulator.close()
  }
}

const message = {
  'What is this message?': 'First message: confirmed',
  'What clients call it': 'Paying is slow',
  'What clients notice': 'Paying takes up to a minute.',
  'Are clients concerned?': 'Confirmed: clients are concerned',
  'When do clients hear more?': 'In 30 minutes',
}

function figures(
  mails: readonly { to: string; id: string }[],
  { seconds, away, bare }: { seconds: number; away: number; bare: number },
): Figure[] {
  const reached = new Set(mails.map(({ to }) => to)).size
  const messages = new Set(mails.map(({ id }) => id)).size
  const rate = readers / (seconds - away)
  const traffic = `${readers} subscribers, ${kills} × kill -9`
  return [
    {
      what: 'clients who were not written to',
      figure: String(readers - reached),
      baseline: traffic,
      bar: '0',
      isMet: reached === readers,
    },
    {
      what: 'clients who got more than one message',
      figure: String(messages - reached),
      baseline: `${mails.length - messages} copies under the same Message-ID`,
      bar: '0',
      isMet: messages === reached,
    },
    {
      what: 'mails a second, while the bot runs',
      figure: rate.toFixed(0),
      baseline: `the mail adapter alone: ${bare.toFixed(0)}; ${seconds.toFixed(0)} s all together, ${away.toFixed(0)} s of it killed and starting`,
      bar: '≥ 200',
      isMet: rate >= 200,
    },
  ]
}

async function timeClicks(ana: PersonHands, card: SlackMessage, baseline: number): Promise<Figure> {
  const spent: number[] = []
  for (let n = 0; n < clicks; n += 1) {
    // In sequence: one person clicks, looks, and closes it.
    const started = performance.now()
    await ana.click(card, 'Draft client update')
    await until(() => ana.modal() ?? undefined)
    spent.push(performance.now() - started)
    await ana.closeModal()
  }
  const p95 = percentile(spent, 0.95)
  return {
    what: '«Draft client update» → the form is there, 95th percentile',
    figure: milliseconds(p95),
    baseline: `another form: ${milliseconds(baseline)}`,
    bar: '≤ 500 ms',
    isMet: p95 <= 500,
  }
}

/** The same mails to the same server with nothing kept of them: what the machine and SMTP allow. */
async function bareRate(url: string): Promise<number> {
  const mailer = createMailer({ url, from: 'Tocsin <tocsin@example.com>' })
  const now = new Date()
  const { signal } = new AbortController()
  const mails = Array.from({ length: 600 }, (_, n) => ({
    id: String(n),
    effect: {
      kind: 'mail.send' as const,
      to: [`bare-${n}@example.com`],
      subject: 'Paying is slow',
      text: 'x'.repeat(500),
    },
  }))
  const started = performance.now()
  const sendRest = async (): Promise<void> => {
    for (let next = mails.pop(); next; next = mails.pop())
      await mailer.deliver({ ...next, attempt: 1, isInDoubt: false, decidedAt: now, now, observed: null, signal })
  }
  await Promise.all(Array.from({ length: 12 }, sendRest))
  return 600 / ((performance.now() - started) / 1_000)
}

/** A form that reads nothing: what a click costs by itself. */
async function drawnAlone(ana: PersonHands, card: SlackMessage): Promise<number> {
  const started = performance.now()
  await ana.click(card, 'Change severity')
  await until(() => ana.modal() ?? undefined)
  const spent = performance.now() - started
  await ana.closeModal()
  return spent
}

async function addReaders(db: Awaited<ReturnType<typeof openDatabase>>['db']): Promise<void> {
  const now = new Date()
  for (let from = 0; from < readers; from += 1_000) {
    const some = Array.from({ length: Math.min(1_000, readers - from) }, (_, index) => {
      const id = `reader-${String(from + index).padStart(6, '0')}`
      return { id, address: `${id}@client.example`, locale: 'en', components: [], askedAt: now, confirmedAt: now }
    })
    await db.insert(subscribers).values(some)
  }
}

function clientMails(simulator: Simulator): { to: string; id: string }[] {
  return simulator.mailbox
    .mails()
    .flatMap(({ to, messageId }) =>
      to.filter((one) => one.endsWith('client.example')).map((one) => ({ to: one, id: messageId })),
    )
}

async function drained(db: Awaited<ReturnType<typeof openDatabase>>['db']): Promise<void> {
  const end = Date.now() + patienceSeconds * 1_000
  while (Date.now() < end) {
    const [open] = await rows<{ n: number }>(
      db,
      sql`select count(*)::int as n from outbox where port = 'mail' and closed_at is null`,
    )
    if (open?.n === 0) return
    await pause()
  }
}

async function until<T>(look: () => T | undefined): Promise<T> {
  const end = Date.now() + patienceSeconds * 1_000
  while (Date.now() < end) {
    const found = look()
    if (found !== undefined) return found
    await pause()
  }
  throw new Error('waited in vain')
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

function channelOf(simulator: Simulator, name: string): string {
  return simulator.slack.channels().find((channel) => channel.name === name)?.id ?? ''
}

function cardIn(simulator: Simulator, room: string): SlackMessage | undefined {
  return simulator.slack
    .messages(room)
    .find(({ blocks }) => JSON.stringify(blocks ?? []).includes('Draft client update'))
}

function messageIn(simulator: Simulator, room: string, words: string): SlackMessage | undefined {
  return simulator.slack
    .messages(room)
    .find(({ blocks, text }) => (text + JSON.stringify(blocks ?? [])).includes(words))
}
