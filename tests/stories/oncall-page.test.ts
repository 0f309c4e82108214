/** Paging by hand: whom, what one sees before, and from where. */
import { expect } from 'vitest'
import { story } from '../support/story.ts'

const anaAlways = (example: string) =>
  example.replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]')

story(
  'the form offers teams, services, roles and people, each with whom it wakes and what time it is for them',
  async ({ slack, mail }) => {
    const cleo = slack.person('cleo')
    await cleo.type('#general', '/oncall page')
    const form = JSON.stringify(await cleo.expectModal('Page someone'))
    for (const choice of ['checkout (platform)', 'manager', 'Eva Lind']) expect(form).toContain(choice)
    expect(form).toMatch(/Wakes Eva Lind \(\w{3},? \d\d:\d\d there\)/)
    await cleo.submit({ 'Whom?': 'manager', 'What do you need them for?': 'a client asks for you' })
    await cleo.expectTold('manager is paged')
    await slack.person('eva').expectTold('a client asks for you', '@cleo')
    await mail.expectMail('eva@example.com', 'a client asks for you')

    await cleo.type('#general', '/oncall page manager a client still asks for you')
    await cleo.expectTold('have not acknowledged it yet')
  },
  { config: anaAlways },
)

story('somebody whom the list does not name is paged by name, instead of what is chosen', async ({ slack }) => {
  const ben = slack.person('ben')
  await ben.type('#general', '/oncall page')
  await ben.expectModal('Page someone')
  await ben.submit({ 'Or somebody else': slack.person('gus').id, 'What do you need them for?': 'words for clients' })
  await ben.expectTold('@gus is paged')
  await slack.person('gus').expectTold('words for clients')
})

story(
  '«Page someone» on the card says what it is about and links to the channel; a second team is asked through PagerDuty',
  async ({ slack, pagerduty, stage, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new p1 checkout is slow')
    const card = await slack.channel('inc-1-checkout-is-slow').expectMessage('INC-1', 'Page someone')
    await slack.channel('#incidents').expectMessage('INC-1')
    await ana.expectTold('INC-1')
    await pagerduty.expectPage('INC-1')
    await settle()

    await ana.click(card, 'Page someone')
    const form = JSON.stringify(await ana.expectModal('Page someone'))
    expect(form).toContain('P1 INC-1 checkout is slow')
    await ana.submit({ 'Whom?': 'Eva Lind' })
    await ana.expectTold('@eva is paged')
    const channel = slack.channel('inc-1-checkout-is-slow').id()
    const call = await slack.person('eva').expectTold('P1 INC-1 checkout is slow')
    expect(JSON.stringify(call.now().blocks)).toContain(`https://slack.com/app_redirect?channel=${channel}`)

    await ana.type('inc-1-checkout-is-slow', '/inc responders @ben the queue needs you')
    await ana.expectTold('@ben is asked to join in PagerDuty')
    await ana.type('inc-1-checkout-is-slow', '/inc responders @cleo words')
    await ana.expectTold('I know nobody in PagerDuty by that name')
    await settle()
    const page = stage.simulator.pagerduty.pages().find(({ key }) => key === 'incidents/1')
    expect(page?.requests).toEqual([{ message: 'the queue needs you', targets: ['PBEN002'] }])
  },
  { config: anaAlways },
)

story(
  '/oncall load counts by shift against the limit, and names nobody',
  async ({ slack, clock }) => {
    const cleo = slack.person('cleo')
    for (const [index, what] of ['the queue', 'the index', 'the disk'].entries()) {
      await cleo.type('#general', `/oncall page @ana ${what} is full`)
      await cleo.expectTold('@ana is paged')
      const call = await slack.person('ana').expectTold(`${what} is full`)
      await slack.person('ana').click(call, 'Acknowledge')
      await call.expectEdit('Acknowledged')
      if (index < 2) await clock.advance('11m')
    }

    await cleo.type('#general', '/oncall load')
    const told = await cleo.expectTold(
      '3 pages',
      'for 1 person',
      '3 pages for 3 incidents',
      'above the limit of 2',
      '/alert noisy',
    )
    expect(told.shows()).not.toContain('@ana')
  },
  { config: anaAlways },
)
