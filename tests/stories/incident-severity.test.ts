/** What a severity asks for, what was alike before, and whom an incident may be given to. */
import { expect } from 'vitest'
import { story } from '../support/story.ts'

story(
  'the card says what a P1 still wants, until somebody has it; its end asks to look back',
  async ({ slack, pagerduty, mail }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc p1 nobody can pay')
    await ana.expectTold('INC-1 is declared as P1')
    await slack.channel('#incidents').expectMessage('P1 INC-1')
    await pagerduty.expectPage('P1 INC-1', 'nobody can pay')
    await mail.expectMail('leadership@example.com', 'INC-1')
    const place = '#inc-1-nobody-can-pay'
    const room = slack.channel(place)
    const card = await room.expectMessage('INC-1', 'Still wanted', 'acknowledgement by', 'communications')

    await ana.type(place, '/inc lead')
    await room.expectMessage('@ana leads')
    await ana.expectTold('You lead INC-1')
    await ana.type(place, '/inc role communications @cleo')
    await room.expectMessage('communications', '@cleo')
    await slack.person('cleo').expectTold('You tell the others')
    await card.expectEdit('communications @cleo')
    expect(card.shows()).not.toContain('Still wanted')

    await ana.type(place, '/inc resolve a release was rolled back')
    await room.expectMessage('Resolved by @ana', 'A P1 is looked back on')
  },
  { config: (example) => example.replace(/^escalation:\n(?: .*\n)*/m, '').replace('U0BEN00002, U0DMITRI04]', ']') },
)

story(
  'people and user groups that a severity names are asked into its channel; into a private one nobody is',
  async ({ slack, stage }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc p3 search is slow')
    await ana.expectTold('INC-1 is declared as P3')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow')
    await room.expectMessage('INC-1')
    const membersOf = (name: string) => stage.simulator.slack.channels().find((one) => one.name === name)?.members ?? []
    const eva = slack.person('eva').id
    const cleo = slack.person('cleo').id
    await expect.poll(() => membersOf('inc-1-search-is-slow')).toEqual(expect.arrayContaining([eva, cleo]))

    await ana.type('#general', '/inc private p3 a key was published')
    await ana.expectTold('INC-2 is declared as P3')
    await slack.channel('#inc-2').expectMessage('INC-2')
    expect(membersOf('inc-2')).not.toContain(eva)
  },
  {
    config: (example) =>
      example.replace(
        'meaning: Something fails for some, or there is a way around',
        'meaning: Something fails for some\n    invite: ["@approvers", U0CLEO0003]',
      ),
  },
)

story('how the same ended before is offered in the channel, and what was private is not', async ({ slack }) => {
  const ana = slack.person('ana')
  const declare = async (words: string, number: number) => {
    await ana.type('#general', `/inc ${words}`)
    await ana.expectTold(`INC-${number} is declared`)
    await slack.channel('#incidents').expectMessage(`INC-${number}`)
  }
  await declare('checkout returns 500s', 1)
  const first = slack.channel('#inc-1-checkout-returns-500s')
  await first.expectMessage('INC-1')
  await ana.type('#inc-1-checkout-returns-500s', '/inc resolve <!channel> release 141 leaked connections, rolled back')
  await first.expectMessage('Resolved by @ana')

  await declare('checkout returns 500s again', 2)
  const second = slack.channel('#inc-2-checkout-returns-500s-again')
  await second.expectMessage('INC-2')
  const offered = await second.expectMessage('What was like it, and how it ended', 'INC-1', 'release 141 leaked')
  expect(JSON.stringify(offered.now())).not.toContain('<!channel>')

  await declare('search finds nothing', 3)
  await slack.channel('#inc-3-search-finds-nothing').expectMessage('INC-3')
})

story('begun again without a lead, the channel is asked for one from then on', async ({ slack, clock }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc p4 search is slow')
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow')
  await room.expectMessage('INC-1')
  await ana.type('#inc-1-search-is-slow', '/inc resolve it went away')
  await room.expectMessage('Resolved by @ana')
  await clock.advance('20h')
  await ana.type('#inc-1-search-is-slow', '/inc reopen it is back')
  await room.expectMessage('it is back')
  await clock.advance('2m')
  await room.expectMessage('Nobody leads INC-1 yet, after 2 minutes')
})

story(
  'resolved without a lead, whoever is there is asked to close it, and nobody is addressed',
  async ({ slack, clock }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc p4 search is slow')
    await ana.expectTold('INC-1 is declared')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow')
    await room.expectMessage('INC-1')
    await ana.type('#inc-1-search-is-slow', '/inc resolve it went away')
    await room.expectMessage('Resolved by @ana')
    await clock.advance('24h')
    const asked = await room.expectMessage('This is resolved. Close it')
    expect(asked.shows()).not.toContain('Tocsin')
  },
)

story('whoever left, and a bot, are given nothing', async ({ slack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc p4 search is slow')
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  await slack.channel('#inc-1-search-is-slow').expectMessage('INC-1')
  for (const line of ['/inc lead @old-olga', '/inc role scribe @old-olga', '/inc handoff @old-olga']) {
    await ana.type('#inc-1-search-is-slow', line)
    await ana.expectTold('is not in this workspace any more')
  }
})

story('when it began is said by one’s own clock, and never lies in the future', async ({ slack, stage }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc p4 search is slow')
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const card = await slack.channel('#inc-1-search-is-slow').expectMessage('INC-1')
  const anHourAgo = new Date(stage.clock.now().getTime() - 3_600_000)
  await ana.type('#inc-1-search-is-slow', `/inc started ${anHourAgo.toISOString().slice(11, 16)}`)
  await card.expectEdit('began')
  await ana.type('#inc-1-search-is-slow', '/inc started soon')
  await ana.expectTold('Say how long ago, 40m or 2h, or when: 14:02')
  await ana.type('#inc-1-search-is-slow', '/inc started 2199-01-01T00:00Z')
  await ana.expectTold('That is in the future')
})

story('declared anyway, it keeps its service, and the thread that it came from is told', async ({ slack }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  await ana.type('#general', '/inc p4 search is slow for clients')
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  await slack.channel('#inc-1-search-is-slow-for-clients').expectMessage('INC-1')

  const said = await ben.say('#general', 'search is slow for clients')
  await ben.useShortcut(said, 'Declare incident')
  await ben.expectModal('Declare an incident')
  await ben.submit({ Severity: 'P4' })
  const question = await ben.expectTold('INC-1 was declared a few minutes ago')
  await ben.click(question, 'Declare anyway')
  await ben.expectTold('INC-2 is declared as P4')
  await slack.channel('#general').expectMessage('INC-2 is declared as P4.')
  await slack.channel('#incidents').expectMessage('INC-2')
  await slack
    .channel('#inc-2-search-is-slow-for-clients')
    .expectMessage('INC-2', 'Service', 'search', 'declared from a message')
})
