/** What happens when the outside fails, or we do. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import type { Stage } from '../support/stage.ts'
import { story } from '../support/story.ts'

story(
  'Slack is down: pages still go out and climb by mail, and afterwards everything arrives once, in order, the late ones marked',
  async ({ slack, alerts, pagerduty, mail, stage, slackComesBack }) => {
    const { faults } = stage.simulator.slack
    faults.mode = 'down'
    await alerts.post({ title: 'CheckoutDown', severity: 'critical' })
    await pagerduty.expectPage('P1 INC-1', 'CheckoutDown')
    await alerts.post({ title: 'CheckoutDown', severity: 'critical', status: 'resolved' })
    stage.clock.advance(10 * 60_000)
    for (const name of ['ana', 'dmitri', 'eva']) await mail.expectMail(`${name}@example.com`, 'P1 INC-1 CheckoutDown')
    await slackComesBack()

    for (const name of ['ana', 'dmitri', 'eva']) await slack.person(name).expectTold('P1 INC-1 CheckoutDown')
    await slack.channel('#alerts').expectMessage('Resolved', 'CheckoutDown')
    await slack.channel('#incidents').expectMessage('P1 INC-1')
    const room = slack.channel('#inc-1-checkoutdown')
    await room.expectMessage('INC-1')
    await room.expectMessage('Nobody leads INC-1 yet', 'I will not ask again')
    await room.expectMessage('5 min since the declaration')
    await room.expectMessage('All alerts of INC-1 have been quiet')
    await room.expectOnlyFor(slack.person('ana'), 'Only you see this')
    expect(room.messages()[0]?.text).toContain('CheckoutDown')
  },
  // Whose turn it is depends on the day on which the story is told; here it is always Ana's.
  {
    config: (example) =>
      example
        .replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]')
        // What clients are told is another story.
        .replace('firstDue: { P1: 5m, P2: 10m }', 'firstDue: {}'),
  },
)

story('what waited says when it was meant, and stays in order', async ({ slack, stage, settle, slackComesBack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow-today')
  const card = await room.expectMessage('INC-1')
  await ana.click(card, 'Take lead')
  await room.expectMessage('@ana leads')
  await settle()

  stage.simulator.slack.faults.mode = 'down'
  for (const n of [1, 2, 3]) {
    await ana.type('#inc-1-search-is-slow-today', `/inc note step ${n}`)
    // Nobody types two lines in a millisecond: each is worked on before the next comes.
    await expect.poll(() => notes(stage)).toBe(n)
  }
  await expect
    .poll(() => stage.simulator.slack.calls.filter((call) => call.outcome === 'http 503').length, { timeout: 10_000 })
    .toBeGreaterThan(0)
  stage.clock.advance(5 * 60_000)
  await slackComesBack()

  for (const n of [1, 2, 3]) await room.expectMessage(`step ${n}`, 'Late: this was said')
  const said = room
    .messages()
    .filter((message) => message.text.includes('step'))
    .map((message) => /step \d/.exec(message.text)?.[0])
  expect(said).toEqual(['step 1', 'step 2', 'step 3'])
})

story(
  'Slack answers too late: the message is there, the line was lost, and nothing is said twice',
  async ({ slack, stage, alerts }) => {
    stage.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })
    await alerts.post({ title: 'DiskFull' })
    await expect
      .poll(() => stage.simulator.slack.calls.some((call) => call.outcome === 'reset after-effect'))
      .toBe(true)
    stage.clock.advance(60_000)

    await slack.channel('#alerts').expectMessage('DiskFull')
  },
)

story(
  'the channel was made and the answer lost: it is found again, and there is one channel',
  async ({ slack, stage }) => {
    const ana = slack.person('ana')
    stage.simulator.slack.faults.inject('conversations.create', { kind: 'reset', when: 'after-effect' })
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await expect
      .poll(() => stage.simulator.slack.calls.some((call) => call.outcome === 'reset after-effect'))
      .toBe(true)
    stage.clock.advance(60_000)
    await slack.channel('#inc-1-search-is-slow-today').expectMessage('INC-1')
    expect(stage.simulator.slack.channels().filter((channel) => channel.name.startsWith('inc-1'))).toHaveLength(1)
  },
)

story('a channel name that is taken gets a number', async ({ slack, stage }) => {
  const call = (method: string, body: object) =>
    fetch(`${stage.simulator.env.SLACK_API_URL}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stage.simulator.env.SLACK_BOT_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await call('conversations.create', { name: 'inc-1-search-is-slow-today' })
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  await slack.channel('#inc-1-search-is-slow-today-2').expectMessage('INC-1')
})

story('Slack refuses a channel: the incident runs in #incidents, and says why', async ({ slack, stage }) => {
  const ana = slack.person('ana')
  stage.simulator.slack.faults.inject('conversations.create', { kind: 'error', error: 'restricted_action' })
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  const announcement = await slack.channel('#incidents').expectMessage('INC-1')
  await announcement.expectEdit('no channel (Slack says restricted_action)')
  await slack.channel('#ops').expectMessage('I could not deliver a slack.channel', 'restricted_action')
  await ana.click(announcement, 'Take lead')
  await slack.channel('#incidents').expectMessage('INC-1 @ana leads this incident now')
})

story('Slack asks us to wait: the message comes when it said', async ({ slack, stage, alerts }) => {
  stage.simulator.slack.faults.inject('chat.postMessage', { kind: 'http', status: 429, retryAfterSeconds: 1 })
  await alerts.post({ title: 'DiskFull' })
  await slack.channel('#alerts').expectMessage('DiskFull')
  const posts = stage.simulator.slack.calls.filter((call) => call.method === 'chat.postMessage')
  expect(posts.map((call) => call.outcome)).toEqual(['http 429', 'ok'])
  expect((posts[1]?.at.getTime() ?? 0) - (posts[0]?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(950)
})

story('Slack delivers everything twice: everything happens once', async ({ slack, stage }) => {
  stage.simulator.slack.faults.deliverTimes = 2
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow-today')
  const card = await room.expectMessage('INC-1')
  await ana.click(card, 'Take lead')
  await room.expectMessage('@ana leads')
})

story(
  'the same over Socket Mode, also while Slack refreshes the connection',
  async ({ slack, stage }) => {
    const ana = slack.person('ana')
    await expect.poll(() => stage.simulator.sockets.count()).toBe(2)
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow-today')
    const card = await room.expectMessage('INC-1')
    stage.simulator.sockets.refresh()
    await expect.poll(() => stage.simulator.sockets.count()).toBe(2)
    expect((await ana.click(card, 'Take lead')).outcome).toBe('ok')
    await room.expectMessage('@ana leads')
  },
  { socketMode: true },
)

story(
  'stopped and started again: everything is still there, and what was missed is marked late',
  async ({ slack, stage, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow-today')
    const card = await room.expectMessage('INC-1')
    await settle()
    await stage.stopBot()
    stage.clock.advance(4 * 60_000)
    await stage.startBot()

    await room.expectMessage('Nobody leads INC-1 yet, after 4 minutes')
    await ana.click(card, 'Take lead')
    await card.expectEdit('@ana')
    await room.expectMessage('@ana leads')
  },
)

async function notes({ app }: Stage): Promise<number> {
  const [row] = await rows<{ n: number }>(
    app.database.db,
    sql`select count(*)::int as n from journal where type = 'timeline.noted'`,
  )
  return row?.n ?? 0
}

story(
  'what was asked and cannot be done, however often it is tried, is told to who asked, and in #ops',
  async (play) => {
    const { slack, stage } = play
    const { db } = stage.app.database
    await db.execute(sql`alter table incidents rename to incidents_away`)
    await slack.person('ana').type('#general', '/inc checkout is down')
    const isGivenUp = async () => {
      stage.clock.advance(30_000)
      return (await rows(db, sql`select 1 from inbox where gave_up is not null`)).length
    }
    await expect.poll(isGivenUp, { timeout: 20_000, interval: 200 }).toBe(1)
    await db.execute(sql`alter table incidents_away rename to incidents`)

    await slack.person('ana').expectTold('could not finish what you asked for', '/inc checkout is down')
    await slack.channel('#ops').expectMessage('slack', 'could not work on it')
  },
)
