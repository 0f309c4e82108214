/** What PagerDuty knows and we show, and what we tell it beside the page. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import type { Page } from '../../src/simulator/types.ts'
import { type Play, story } from '../support/story.ts'

/** PagerDuty tells of an incident that was made of our page: without the key, which is its alert's. */
function told({ id, summary }: Page) {
  const data = { id, type: 'incident', status: 'triggered', title: summary, incident_key: null }
  return { event_type: 'incident.triggered', occurred_at: '2026-03-02T12:00:00Z', agent: null, data }
}

/** Asks who is on call, until it was seen. */
async function rosterIsSeen({ slack, settle }: Pick<Play, 'slack' | 'settle'>) {
  await slack.person('cleo').type('#general', '/oncall')
  // Unless a minute of the calendar has just brought it, it was not asked yet.
  await slack.person('cleo').expectTold('PagerDuty', 'Teams: platform')
  await settle()
}

/** Moves to the next look, and waits until PagerDuty was asked and what it said is kept. */
async function nextLook({ clock, stage, settle }: Pick<Play, 'clock' | 'stage' | 'settle'>, duration: string) {
  const asked = () => stage.simulator.pagerduty.calls.filter(({ method }) => method === 'oncalls').length
  const before = asked()
  await clock.advance(duration)
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(before)
  await settle()
}

story('/oncall names who is on call in PagerDuty, and how old that is', async ({ slack, settle, stage, clock }) => {
  const cleo = slack.person('cleo')
  await rosterIsSeen({ slack, settle })

  stage.clock.advance(2 * 60_000)
  await cleo.type('#general', '/oncall')
  await cleo.expectTold('PagerDuty, seen 2 min ago', 'platform in PagerDuty: @ben, then @dmitri')

  stage.simulator.pagerduty.duty.splice(0, 1, { policy: 'PPLATFORM', schedule: null, level: 1, user: 'PANA001' })
  await nextLook({ clock, stage, settle }, '6m')
  await cleo.type('#general', '/oncall why checkout p1')
  await cleo.expectTold('at once: PagerDuty (now @ana, then @dmitri)')
})

story(
  'PagerDuty is away: /oncall and /oncall why say so, since when, and print the numbers of those who were on call',
  async ({ slack, settle, stage, clock }) => {
    const cleo = slack.person('cleo')
    await rosterIsSeen({ slack, settle })
    stage.simulator.pagerduty.faults.mode = 'down'
    await nextLook({ clock, stage, settle }, '6m')

    await cleo.type('#general', '/oncall')
    await cleo.expectTold(
      'PagerDuty has not answered since',
      'it answers with an error (503)',
      'seen 6 min ago',
      '@ben (+351 555 0102), then @dmitri (+351 555 0104)',
    )
    await cleo.type('#general', '/oncall why checkout p1')
    await cleo.expectTold(
      'at once: :warning: PagerDuty, which has not answered since',
      'seen 6 min ago: @ben (+351 555 0102), then @dmitri (+351 555 0104)',
      'after 1 min, for want of PagerDuty (else 5 min): @',
    )

    stage.simulator.pagerduty.faults.mode = 'up'
    await nextLook({ clock, stage, settle }, '2m')
    await cleo.type('#general', '/oncall')
    await cleo.expectTold('PagerDuty, seen')
  },
)

story(
  'PagerDuty is down when a P1 is declared: the card says whom to ring, the next are called at once, and it rings later',
  async ({ slack, settle, stage, pagerduty }) => {
    await rosterIsSeen({ slack, settle })
    const { faults } = stage.simulator.pagerduty
    faults.mode = 'down'
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/inc new p1 checkout returns 500s')
    const room = slack.channel('inc-1-checkout-returns-500s')
    const card = await room.expectMessage('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await cleo.expectTold('INC-1')

    // Both who are on call find it among their channels: by PagerDuty as it was seen last, and by the schedule.
    const { hands: ben } = slack.person('ben')
    const { hands: onSchedule } = slack.person('ana')
    const members = () => stage.simulator.slack.channels().find(({ id }) => id === room.id())?.members ?? []
    await expect.poll(members).toEqual(expect.arrayContaining([cleo.id, ben.id, onSchedule.id]))
    expect(members()).not.toContain(slack.person('eva').id)

    stage.clock.advance(60_000)
    const ring = '@ben (+351 555 0102), then @dmitri (+351 555 0104), as seen there'
    await card.expectEdit('PagerDuty has not taken the page', ring)
    await room.expectMessage('PagerDuty has not taken the page of INC-1', 'Do not wait, ring', ring)
    const inOps = await slack.channel('#ops').expectMessage('PagerDuty has not taken a page for platform', ring)
    // Four minutes earlier than if PagerDuty had taken it.
    const called = await slack.person('ana').expectTold('P1 INC-1', 'PagerDuty has not taken it', 'Acknowledge')

    faults.mode = 'up'
    // The pauses between attempts are ten seconds at most.
    stage.clock.advance(12_000)
    const page = await pagerduty.expectPage('INC-1')
    await room.expectMessage('PagerDuty answers again: it took the page of INC-1, 1 min late')
    await card.expectEdit('PagerDuty took the page', '1 min late')
    await inOps.expectEdit('It took it', 'nobody need be rung by hand')
    stage.simulator.pagerduty.acknowledge(page.key, 'PBEN002')
    await room.expectMessage('@ben acknowledged the page')
    await card.expectEdit('Page acknowledged', '@ben in PagerDuty')
    await expect.poll(() => card.shows()).not.toContain('acknowledgement by')
    expect(card.shows()).not.toContain('late')
    await called.expectEdit('Acknowledged', '@ben')
    await inOps.expectEdit('@ben has acknowledged it')
    expect(stage.simulator.pagerduty.pages()).toHaveLength(1)
  },
  { config: (example) => example.replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]') },
)

story(
  'whoever holds the phone in PagerDuty finds the way to Slack, and how grave it is, also when that changes',
  async ({ slack, settle, pagerduty, stage }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new p1 checkout returns 500s')
    const card = await slack.channel('inc-1-checkout-returns-500s').expectMessage('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await ana.expectTold('INC-1')
    const page = await pagerduty.expectPage('INC-1')
    await settle()
    expect(page.priority).toBe('P1')
    const room = 'inc-1-checkout-returns-500s'
    const way = `https://slack.com/app_redirect?channel=${slack.channel(room).id()}`
    const there = () => stage.simulator.pagerduty.pages().find(({ key }) => key === page.key)
    // The page left before there was a channel; the link came after it, and rang nobody.
    expect(there()?.link).toBe(way)
    expect(there()?.notes).toEqual([`INC-1 is worked on in Slack: ${way}`])

    await ana.type(room, '/inc sev p2 only some clients')
    await card.expectEdit('P2')
    await slack.channel(room).expectMessage('Severity P1 → P2')
    await ana.type(room, '/inc note <@U0BEN00002|ben> restarted <https://db.example.com|db-3>')
    await slack.channel(room).expectMessage('restarted')
    await settle()
    expect(there()?.priority).toBe('P2')
    await ana.type(room, '/inc resolve a bad release was taken back')
    await slack.channel(room).expectMessage('Resolved by @ana')
    await settle()
    expect(there()?.notes.slice(1)).toEqual([
      'Severity P1 → P2 by Ana Ferreira: only some clients',
      'Ana Ferreira: @ben restarted https://db.example.com',
      'Resolved by Ana Ferreira: a bad release was taken back',
    ])
    await pagerduty.expectStatus(page.key, 'resolved')
  },
)

story(
  'whoever acknowledges in PagerDuty is on the card by their name in Slack',
  async ({ slack, pagerduty, stage, settle, alerts }) => {
    const cleo = slack.person('cleo')
    await rosterIsSeen({ slack, settle })
    await cleo.type('#general', '/inc new p1 checkout returns 500s')
    const room = slack.channel('inc-1-checkout-returns-500s')
    const card = await room.expectMessage('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await cleo.expectTold('INC-1')
    const page = await pagerduty.expectPage('INC-1')
    await settle()

    stage.simulator.pagerduty.acknowledge(page.key, 'PBEN002')

    await room.expectMessage('@ben acknowledged the page')
    await card.expectEdit('Page acknowledged', '@ben in PagerDuty')

    // Dmitri is on call there, Ana is not; both are known by the address of their mail. Paula is nobody's here.
    stage.simulator.pagerduty.passOn(page.key, 'reassigned', ['PDMI004', 'PANA001', 'PPAULA'])
    await room.expectMessage('reassigned in PagerDuty, to @dmitri, @ana, PPAULA')
    stage.simulator.pagerduty.unacknowledge(page.key)
    await room.expectMessage('Nobody has the page of INC-1 in PagerDuty any more')
    expect(await alerts.post({ event: told(page) }, 'pagerduty')).toMatchObject({ status: 200 })
  },
)

story(
  'whoever acknowledged in PagerDuty before we knew the incident there is not missed',
  async ({ slack, pagerduty, stage, settle }) => {
    stage.simulator.pagerduty.faults.inject('incidents', { kind: 'http', status: 503 }, 3)
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page platform the queue is full')
    await cleo.expectTold('platform is paged')
    const page = await pagerduty.expectPage('the queue is full')
    // No webhook tells of it: the answer to our own question does.
    const quietly = stage.simulator.pagerduty.pages().find(({ key }) => key === page.key)
    if (quietly) Object.assign(quietly, { status: 'acknowledged', acknowledgedBy: 'PBEN002' })
    await settle()

    await cleo.type('#general', '/oncall platform')
    await cleo.expectTold('Acknowledged', 'by @ben')
    // Whom PagerDuty woke had a page as much as anybody.
    await cleo.type('#general', '/oncall load')
    await cleo.expectTold('1 page', 'for 1 person')
  },
)

story(
  'a test page goes out by itself when the calendar says so; whom PagerDuty woke stands in the evidence',
  async ({ slack, pagerduty, stage, settle }) => {
    await rosterIsSeen({ slack, settle })
    // The calendar runs by the clock on the wall: two days went by while nobody ran.
    const { db } = stage.app.database
    await db.execute(
      sql`update schedules set last_slot = last_slot - interval '2 days' where name = 'oncall/test-pages'`,
    )
    await stage.stopBot()
    await stage.startBot()
    const page = await pagerduty.expectPage('Test page')
    await settle()
    stage.simulator.pagerduty.acknowledge(page.key, 'PBEN002')
    const answered = () =>
      rows(stage.app.database.db, sql`select 1 from oncall_pages where acknowledged_at is not null`)
    await expect.poll(async () => (await answered()).length).toBe(1)

    await slack.person('cleo').type('#general', '/oncall evidence')
    await slack.person('cleo').expectTold('platform', '@ben: PagerDuty after', 'acknowledged after')
  },
  { config: (example) => example.replace('testPages: null', 'testPages: "0 10 * * *"') },
)
