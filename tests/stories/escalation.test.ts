import { expect } from 'vitest'
import { story } from '../support/story.ts'

/** Ana is on call, at any time; nobody's turn depends on the day on which the story is told. */
const anaAlways = (example: string) =>
  example.replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]')

story(
  'nobody acts on a P1: the ladder pages the next, tells the channel, and ends when somebody leads',
  async ({ slack, clock, pagerduty, mail, settle }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/inc p1 checkout is down')
    await cleo.expectTold('INC-1')
    const page = await pagerduty.expectPage('P1 INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    const card = await room.expectMessage('INC-1')

    await clock.advance('2m')
    await room.expectMessage('Nobody leads INC-1 yet')
    await clock.advance('3m')
    await room.expectMessage('after 5 minutes')
    const dmitri = await slack.person('dmitri').expectTold('P1 INC-1 checkout is down')
    const eva = await slack.person('eva').expectTold('P1 INC-1 checkout is down')
    const ana = await slack.person('ana').expectTold('P1 INC-1 checkout is down')
    await mail.expectMail('dmitri@example.com', 'P1 INC-1')
    await room.expectMessage('5 min since the declaration: team lead, manager are paged')

    // A thumb slips on an emoji: it is no answer to a page, in a message or on the card.
    await slack.person('dmitri').react(dmitri, 'white_check_mark')
    await cleo.react(card, 'eyes')
    await settle()
    expect(dmitri.shows()).toContain('Nobody has acknowledged it yet')
    expect(card.shows()).not.toContain('Page acknowledged')
    await slack.person('dmitri').click(dmitri, 'Acknowledge')
    await room.expectMessage('@dmitri acknowledged the page')
    await card.expectEdit('Page acknowledged', '@dmitri')
    // Whoever has it is asked into the channel, and reads there how it stands.
    await room.expectOnlyFor(slack.person('dmitri'), 'nobody yet', 'Only you see this')
    await slack.person('dmitri').click(card, 'Take lead')
    await room.expectMessage('@dmitri leads')
    await ana.expectEdit('Acknowledged')
    await pagerduty.expectStatus(page.key, 'acknowledged')

    await cleo.type('#inc-1-checkout-is-down', '/inc why')
    await cleo.expectTold('acknowledged', '@dmitri', 'response, 5 min: page team lead', 'next', 'response, 30 min')
    await cleo.type('#inc-1-checkout-is-down', '/inc resolve it was the cache')
    await room.expectMessage('Resolved')
    await eva.expectEdit('It is over')
    await cleo.type('#inc-1-checkout-is-down', '/inc why')
    await cleo.expectTold('It is over: nothing comes any more')
    await clock.advance('2h')
    await settle()
  },
  { config: anaAlways },
)

story(
  'a P3 climbs no ladder; raised to P1, what is due by the declaration comes at once',
  async ({ slack, clock, pagerduty, settle }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/inc search is slow')
    await cleo.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow')
    await room.expectMessage('INC-1')
    // The card may stand there before those who are invited do.
    await settle()
    await cleo.type('#inc-1-search-is-slow', '/inc why')
    await cleo.expectTold('No rung of a ladder was reached yet', 'Nothing more comes at P3')
    await clock.advance('2m')
    await room.expectMessage('after 2 minutes')
    await clock.advance('4m')
    await room.expectMessage('after 6 minutes')

    await cleo.type('#inc-1-search-is-slow', '/inc p1')
    await room.expectMessage('Severity P3 → P1')
    await pagerduty.expectPage('P1 INC-1')
    await slack.person('dmitri').expectTold('P1 INC-1')
    await slack.person('eva').expectTold('P1 INC-1')
    await room.expectMessage('5 min since the declaration')
    await room.expectOnlyFor(slack.person('ana'), 'Severity P3 → P1', 'Only you see this')
    await cleo.type('#general', '/oncall why checkout p1')
    await cleo.expectTold('response, 15 min: page incident lead (@dmitri), unless somebody leads')
  },
  { config: anaAlways },
)

story(
  'whoever acknowledges on the phone is seen on the card, and nobody else is woken',
  async ({ slack, clock, pagerduty, stage, settle }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/inc p1 checkout is down')
    await cleo.expectTold('INC-1')
    const page = await pagerduty.expectPage('P1 INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    const card = await room.expectMessage('INC-1')

    stage.simulator.pagerduty.acknowledge(page.key)

    await room.expectMessage('@ben acknowledged the page')
    await card.expectEdit('Page acknowledged', '@ben in PagerDuty')
    await clock.advance('2m')
    await room.expectMessage('Nobody leads INC-1 yet')
    await clock.advance('5m')
    await room.expectMessage('after 7 minutes')
    await settle()
    await cleo.type('#inc-1-checkout-is-down', '/inc why')
    await cleo.expectTold('not done: response, 5 min', 'because somebody had acknowledged the page')
  },
)

story('a webhook of PagerDuty that is not signed is refused', async ({ stage }) => {
  const body = JSON.stringify({ event: { event_type: 'incident.resolved', data: { incident_key: 'incidents/1' } } })
  const send = (headers: Record<string, string>) =>
    fetch(`${stage.app.url}/hooks/pagerduty`, { method: 'POST', headers, body })
  expect((await send({})).status).toBe(401)
  expect((await send({ 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` })).status).toBe(401)
  expect((await send({ authorization: `Bearer ${stage.hookToken}` })).status).toBe(401)
})

story(
  'a service whose team is another one: that team is paged, and a ladder of its own is climbed',
  async ({ slack, stage }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall why payments p1')
    await cleo.expectTold('money', 'late-money, 10 min: page manager (@eva)')
    await cleo.type('#general', '/oncall why checkout p1')
    const other = await cleo.expectTold('platform', 'response, 5 min')
    expect(other.shows()).not.toContain('late-money')

    await cleo.type('#general', '/inc new')
    await cleo.expectModal('Declare an incident')
    await cleo.submit({ 'What is wrong?': 'cards are refused', Severity: 'P1', Service: 'payments' })
    await cleo.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-cards-are-refused')
    await room.expectMessage('INC-1')
    await slack.person('ben').expectTold('P1 INC-1 cards are refused')
    expect(stage.simulator.pagerduty.pages()).toEqual([])
  },
  {
    config: (example) =>
      anaAlways(example)
        .replace('services:\n  checkout:', 'services:\n  # The story names the team of payments.\n  checkout:')
        .replace('  payments:\n    team: platform', '  payments:\n    team: money')
        .replace('\nservices:', '\n  money: {}\n\nservices:')
        .replace(
          '  teams: # Whom a page calls',
          '  teams:\n    money: { climb: [{ after: 0m, call: [U0BEN00002] }] }\n    # Whom a page calls',
        )
        .replace(
          '    response: # Who must act',
          '    late-money: { severities: [P1], services: [payments], how: page, rungs: [{ after: 10m, who: [manager] }] }\n    response: # Who must act',
        ),
  },
)

story(
  'of a private incident only its members are called when a rung comes, and nobody else hears its name',
  async ({ slack, clock, pagerduty, mail }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/inc new p1 private a key was published')
    await cleo.expectTold('INC-1')
    const room = slack.channel('#inc-1')
    await room.expectMessage('INC-1')
    await room.expectMessage('is private, so I tell nobody beyond the first page')
    await pagerduty.expectPage('P1 INC-1 a private incident')
    await cleo.type('#inc-1', '/inc invite @dmitri')
    await cleo.expectTold('1 person is asked into')

    await clock.advance('2m')
    await room.expectMessage('Nobody leads')
    await clock.advance('3m')
    await room.expectMessage('after 5 minutes')
    await room.expectMessage('call only those of them who are in it')
    await slack.person('dmitri').expectTold('P1 INC-1 a private incident')
    await mail.expectMail('dmitri@example.com', 'P1 INC-1 a private incident')
    await slack.person('ana').expectTold('P1 INC-1 a private incident')
  },
  { config: anaAlways },
)
