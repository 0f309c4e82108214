/**
 * The shelf in the running bot: three runbooks that come with Tocsin, each from its first step to its last, at once. Every
 * way through all of them, and what Slack says to each step, is held by tests/runbooks.test.ts, without a bot.
 */
import { afterAll, beforeAll, expect } from 'vitest'
import { type Prometheus, startPrometheus } from '../support/prometheus.ts'
import { type Person, type SeenMessage, story } from '../support/story.ts'

const started: { prometheus: Prometheus | null } = { prometheus: null }
beforeAll(async () => {
  started.prometheus = await startPrometheus({ series: [{ metric: { job: 'checkout' }, values: [0.2, 0.9] }] })
})
afterAll(() => started.prometheus?.close())

interface Element {
  action_id?: string
  text?: { text: string }
  options?: readonly { text: { text: string } }[]
}

function elementsOf(run: SeenMessage): Element[] {
  return (run.now().blocks ?? []).flatMap((block) => ('elements' in block ? (block.elements as Element[]) : []))
}

/** From its first step to its last: the first figure is asked for, and of every question the last answer is given. */
async function workThrough(person: Person, run: SeenMessage): Promise<{ figures: number }> {
  let figures = 0
  for (let pressed = 0; pressed < 40 && !run.shows().includes('finished:'); pressed += 1) {
    const [step = ''] = /step \d+ of/.exec(run.shows()) ?? []
    const answers = elementsOf(run).find(({ options }) => options !== undefined)?.options ?? []
    const canAsk =
      /(sum|min|max|topk|quantile)\b.*\(/.test(run.shows()) && elementsOf(run).some(({ text }) => text?.text === 'Run')
    if (canAsk && figures === 0) {
      figures += 1
      await person.click(run, 'Run')
      await run.expectEdit('0.9', '▁█')
    }
    const last = answers.at(-1)
    if (last) await person.choose(run, 'Choose the answer', last.text.text)
    else await person.click(run, 'Done')
    await expect.poll(() => !run.shows().includes(step) || run.shows(), { timeout: 10_000 }).toBe(true)
  }
  await run.expectEdit('finished:', 'Did this runbook help?')
  return { figures }
}

story(
  'what is shipped is worked through to its end in the channel of an incident, with its figures, by several at once',
  async ({ slack }) => {
    const work = [
      ['ana', 'checkout is odd', 'performance-degradation'],
      ['ben', 'search finds nothing', 'database-issues'],
      ['cleo', 'payments come late', 'high-latency'],
    ] as const
    const figures = await Promise.all(
      work.map(async ([name, title, runbook]) => {
        const person = slack.person(name)
        await person.type('#general', `/inc new p4 ${title}`)
        const told = await person.expectTold('is declared')
        const key = /INC-\d+/.exec(told.shows())?.[0] ?? ''
        await slack.channel('#incidents').expectMessage(`${key} ${title}`)
        const room = `#${key.toLowerCase()}-${title.replaceAll(' ', '-')}`
        await person.click(await slack.channel(room).expectMessage(key), 'Take lead')
        await slack.channel(room).expectMessage('leads this incident')
        await person.type(room, `/inc runbook ${runbook}`)
        return (await workThrough(person, await slack.channel(room).expectMessage('step 1 of'))).figures
      }),
    )
    expect(figures).toEqual([1, 1, 1])
  },
  {
    secondsMax: 60,
    get prometheusUrl() {
      return started.prometheus?.url ?? ''
    },
  },
)
