/** What PagerDuty knows and we show, and what we tell it beside the page. */
import { expect } from 'vitest'
import { type Play, story } from '../support/story.ts'

/** Asks who is on call, until it was seen. */
async function rosterIsSeen({ slack, settle }: Pick<Play, 'slack' | 'settle'>) {
  await slack.person('cleo').type('#general', '/oncall')
  // Unless a minute of the calendar has just brought it, it was not asked yet.
  await slack.person('cleo').expectTold('platform in PagerDuty')
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
  'PagerDuty is away: /oncall says so, since when, and prints the numbers of those who were on call',
  async ({ slack, settle, stage, clock }) => {
    const cleo = slack.person('cleo')
    await rosterIsSeen({ slack, settle })
    stage.simulator.pagerduty.faults.mode = 'down'
    await nextLook({ clock, stage, settle }, '6m')

    await cleo.type('#general', '/oncall')
    await cleo.expectTold(
      'PagerDuty does not answer since',
      'seen 6 min ago',
      '@ben (+351 555 0102), then @dmitri (+351 555 0104)',
    )

    stage.simulator.pagerduty.faults.mode = 'up'
    await nextLook({ clock, stage, settle }, '2m')
    await cleo.type('#general', '/oncall')
    await cleo.expectTold('PagerDuty, seen')
  },
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
    const channel = slack.channel('inc-1-checkout-returns-500s').id()
    expect(page.notes).toEqual([`INC-1 is worked on in Slack: https://slack.com/app_redirect?channel=${channel}`])

    await ana.type('inc-1-checkout-returns-500s', '/inc sev p2 only some clients')
    await card.expectEdit('P2')
    await slack.channel('inc-1-checkout-returns-500s').expectMessage('Severity P1 → P2')
    await settle()
    expect(stage.simulator.pagerduty.pages().find(({ key }) => key === page.key)?.priority).toBe('P2')
    await ana.type('inc-1-checkout-returns-500s', '/inc resolve a bad release was taken back')
    await slack.channel('inc-1-checkout-returns-500s').expectMessage('Resolved by @ana')
    await pagerduty.expectStatus(page.key, 'resolved')
  },
)

story(
  'whoever acknowledges in PagerDuty is on the card by their name in Slack',
  async ({ slack, pagerduty, stage, settle }) => {
    const cleo = slack.person('cleo')
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
  },
)
