/** From an alert that is accepted to the first step in its channel, and what reading a whole shelf costs. */
import { readdirSync, readFileSync } from 'node:fs'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { readConfig } from '../../src/config.ts'
import { groundOf } from '../../src/core/feature.ts'
import { slotsOf } from '../../src/core/slots.ts'
import { loadTemplates } from '../../src/core/templates.ts'
import { runbooks as feature } from '../../src/features/runbooks/index.ts'
import { readLibrary } from '../../src/features/runbooks/library.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const pages = 500
const token = 'bench-token'
// A bad night: an incident every three seconds. Quicker than twenty a minute Slack lets nobody open channels.
const pauseMilliseconds = 3_200

export async function measureRunbooks(bench: Bench): Promise<Figure[]> {
  return [measureReading(), ...(await measureOpening(bench))]
}

function shipped() {
  return readdirSync('runbooks').map((name) => ({ name, text: readFileSync(`runbooks/${name}`, 'utf8') }))
}

/** Cold, as at a start: nothing of it was read before in this process. */
function measureReading(): Figure {
  const all = shipped()
  const shelf = Array.from({ length: pages }, (_, n) => {
    const { text } = all[n % all.length] ?? { text: '' }
    return { file: `runbooks/page-${n}.md`, text: text.replace(/^alerts:.*$/m, `alerts: [Alert${n}]`) }
  })
  const config = readConfig('tocsin.yml')
  const templates = loadTemplates(['message-templates'])
  if ('problems' in config || 'problems' in templates) throw new Error('the example is not in order')
  const shared = { config: config.config, templates: templates.templates, slots: slotsOf([]), publicUrl: '' }
  const ground = { ...groundOf(feature, { ...shared, linkSecret: '' }), content: shelf }

  const began = performance.now()
  const problems = feature.lint?.(ground, { now: new Date(), file: 'tocsin.yml', lineOf: config.lineOf }) ?? []
  const spent = performance.now() - began
  if (readLibrary(shelf).runbooks.length !== pages || problems.length > 0) throw new Error('not all of it was read')

  const bare = performance.now()
  for (const { text } of shelf) fromMarkdown(text)
  return {
    what: `${pages} runbooks parsed and checked`,
    figure: milliseconds(spent),
    baseline: `the Markdown alone, warm: ${milliseconds(performance.now() - bare)}`,
    bar: '≤ 2,000 ms',
    isMet: spent <= 2_000,
  }
}

async function measureOpening(bench: Bench): Promise<Figure[]> {
  const alerts = readLibrary(shipped().map(({ name, text }) => ({ file: `runbooks/${name}`, text })))
    .runbooks.flatMap((runbook) => runbook.alerts)
    .slice(0, 24)
  const simulator = await startSimulator({ manifest })
  const bot = await startBotProcess({ simulator, databaseUrl: await bench.databaseUrl('runbooks'), hookToken: token })
  simulator.connect(`${bot.url}/slack/events`)
  const spent: number[] = []
  const cards: number[] = []
  try {
    for (const alertname of alerts) {
      // In sequence: one after the other, while what the earlier ones still want of Slack waits for its turn.
      const known = new Set(simulator.slack.channels().map(({ id }) => id))
      const labels = { alertname, severity: 'critical' }
      const response = await fetch(`${bot.url}/hooks/generic`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ title: alertname, severity: 'critical', labels }),
      })
      if (!response.ok) throw new Error(`refused: ${response.status}`)
      const accepted = performance.now()
      await until(() => messagesIn(simulator, known).length > 0)
      cards.push(performance.now() - accepted)
      await until(() => messagesIn(simulator, known).some((text) => text.startsWith('Runbook: ')))
      spent.push(performance.now() - accepted)
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
    }
  } finally {
    await bot.kill()
    await simulator.close()
  }
  const p95 = percentile(spent.slice(1), 0.95)
  return [
    {
      what: 'alert accepted → runbook steps in the channel, 95th percentile',
      figure: milliseconds(p95),
      baseline: `median ${milliseconds(percentile(spent.slice(1), 0.5))}; the card alone: ${milliseconds(percentile(cards.slice(1), 0.5))}`,
      bar: '≤ 1,500 ms',
      isMet: p95 <= 1_500,
    },
  ]
}

/** What is said in channels that were not there before. */
function messagesIn(simulator: Simulator, known: ReadonlySet<string>): string[] {
  return simulator.slack
    .channels()
    .filter(({ id }) => !known.has(id))
    .flatMap(({ id }) => simulator.slack.messages(id).map(({ text }) => text))
}

const secondsMax = 30

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + secondsMax * 1_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`nothing came in ${secondsMax} s`)
    // In sequence: asking until it is so.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
