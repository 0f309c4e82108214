import { expect } from 'vitest'
import { story } from '../support/story.ts'

story(
  'a few words declare an incident: it is announced, its channel opens with a card, and «Take lead» works',
  async ({ slack, stage }) => {
    const ana = slack.person('ana')
    expect((await ana.type('#general', '/inc checkout returns 500s')).outcome).toBe('ok')

    await ana.expectTold('INC-1 is declared as P3')
    const announcement = await slack
      .channel('#incidents')
      .expectMessage('P3 INC-1', 'checkout returns 500s', 'nobody yet')
    const card = await slack
      .channel('#inc-1-checkout-returns-500s')
      .expectMessage('INC-1 checkout returns 500s', 'investigating', '@ana')
    await announcement.expectEdit('#inc-1-checkout-returns-500s')

    await ana.click(card, 'Take lead')

    await card.expectEdit('Incident lead', '@ana')
    await announcement.expectEdit('lead: @ana')
    await slack.channel('#inc-1-checkout-returns-500s').expectMessage('@ana leads this incident now')
    const channel = stage.simulator.slack.channels().find((one) => one.name === 'inc-1-checkout-returns-500s')
    await expect
      .poll(() => stage.simulator.slack.channels().find((one) => one.id === channel?.id)?.topic)
      .toContain('lead')
    expect(channel?.members).toContain(ana.id)
    expect(channel?.pins).toEqual([card.now().ts])
  },
)

story(
  'a P1 pages the team and mails leadership; taking the lead acknowledges the page, resolving resolves it and asks for lost data',
  async ({ slack, pagerduty, mail, stage, settle }) => {
    const ben = slack.person('ben')
    await ben.type('#general', '/inc new p1 checkout is down')
    await ben.expectTold('INC-1 is declared as P1')
    const page = await pagerduty.expectPage('P1 INC-1', 'checkout is down')
    await mail.expectMail('leadership@example.com', '[P1] INC-1 checkout is down')
    await slack.channel('#incidents').expectMessage('P1 INC-1')
    const room = slack.channel('#inc-1-checkout-is-down')
    const card = await room.expectMessage('INC-1')

    await ben.click(card, 'Take lead')
    await room.expectMessage('@ben leads')
    await pagerduty.expectStatus(page.key, 'acknowledged')

    await ben.type('#inc-1-checkout-is-down', '/inc resolve rolled back')
    const end = await room.expectMessage('Resolved by @ben', 'rolled back', 'Was data lost?')
    await card.expectEdit('Resolved', 'rolled back', 'Data loss not said yet')
    await pagerduty.expectStatus(page.key, 'resolved')

    await ben.choose(end, 'Was data lost?', 'Not known yet')
    await room.expectMessage('Data loss not known yet, says @ben')
    await card.expectEdit('Data loss not known yet')
    // Whoever leads, is awake and says that it goes on needs nobody to wake them.
    await ben.type('#inc-1-checkout-is-down', '/inc reopen errors again')
    await room.expectMessage('@ben opened this again')
    await ben.click(card, 'Resolve')
    await ben.expectModal('Resolve')
    await ben.submit({ 'What ended it?': 'rolled back once more' })
    await room.expectMessage('Resolved by @ben', 'rolled back once more', 'Data loss not known yet')
    await ben.type('#inc-1-checkout-is-down', '/inc dataloss none')
    await room.expectMessage('Data loss no data was lost, says @ben')
    await settle()
    expect(stage.simulator.pagerduty.pages()).toHaveLength(1)
  },
)

story(
  'nobody leads: the channel is asked after 2, 5 and 10 minutes, and then no more',
  async ({ slack, clock, stage, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow-today')
    await room.expectMessage('INC-1')

    await clock.advance('2m')
    await room.expectMessage('Nobody leads INC-1 yet, after 2 minutes')
    await clock.advance('3m')
    await room.expectMessage('Nobody leads INC-1 yet, after 5 minutes')
    await clock.advance('5m')
    await room.expectMessage('after 10 minutes', 'I will not ask again')
    const before = stage.simulator.slack.calls.length
    await clock.advance('2h')
    await settle()
    expect(stage.simulator.slack.calls.slice(before).filter((call) => call.method === 'chat.postMessage')).toEqual([])
  },
)

story('once somebody leads, nobody is asked', async ({ slack, clock, settle }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow-today')
  await room.expectMessage('INC-1')
  await ana.type('#inc-1-search-is-slow-today', '/inc lead @ben')
  await ana.expectTold('@ben leads INC-1 now')
  await room.expectMessage('@ben leads this incident now', '@ana asked them to')

  await clock.advance('30m')
  await settle()
})

story(
  'severity: raising pages, lowering needs a reason, and refusals say what would be accepted',
  async ({ slack, pagerduty }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc payments are slow')
    await ana.expectTold('INC-1')
    const announcement = await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-payments-are-slow')
    const card = await room.expectMessage('INC-1')

    await ana.type('#inc-1-payments-are-slow', '/inc p1')
    await room.expectMessage('Severity P3 → P1', '@ana')
    await pagerduty.expectPage('P1 INC-1')
    await announcement.expectEdit('P1 INC-1')

    await ana.type('#general', '/inc sev #1 p4')
    await ana.expectTold('Lowering the severity needs a reason')
    await ana.type('#general', '/inc sev #1 p9')
    await ana.expectTold('P9 is no severity here. Use P1, P2, P3, P4.')

    await ana.click(card, 'Change severity')
    await ana.expectModal('Change severity')
    await ana.submit({ Severity: 'P2', 'Why?': 'there is a way around' })
    await room.expectMessage('Severity P1 → P2', 'there is a way around')
  },
)

story('the button asks what ended it, and what is still open', async ({ slack, alerts }) => {
  const ana = slack.person('ana')
  await alerts.post({ title: 'CheckoutDown', severity: 'critical' })
  const alert = await slack.channel('#alerts').expectMessage('Firing', 'CheckoutDown')
  await slack.channel('#incidents').expectMessage('P1 INC-1', 'CheckoutDown')
  const room = slack.channel('#inc-1-checkoutdown')
  const card = await room.expectMessage('INC-1', 'by alert CheckoutDown')
  await alert.expectEdit('INC-1')

  await ana.click(card, 'Resolve')
  const form = await ana.expectModal('Resolve')
  expect(JSON.stringify(form.blocks)).toContain('the alert CheckoutDown still fires')
  await ana.submit({ 'What ended it?': 'A bad release was rolled back' })
  await room.expectMessage('Resolved by @ana', 'A bad release')
})

story('what is over stays over: every change is refused with a sentence', async ({ slack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow-today')
  await room.expectMessage('INC-1')
  await ana.type('#inc-1-search-is-slow-today', '/inc resolve it was a test')
  await room.expectMessage('Resolved by @ana')

  await ana.type('#general', '/inc lead #1')
  await ana.expectTold('It is resolved already')
  await ana.type('#general', '/inc resolve #1 again')
  await ana.expectTold('It is resolved already')
  await ana.type('#general', '/inc resolve #77 whatever')
  await ana.expectTold('There is no incident of that number')
})

story('without a number, elsewhere, one is asked which incident is meant', async ({ slack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc first thing fails')
  await ana.expectTold('INC-1')
  await ana.type('#general', '/inc second thing fails')
  await ana.expectTold('INC-2')
  for (const words of ['INC-1', 'INC-2']) await slack.channel('#incidents').expectMessage(words)
  await slack.channel('#inc-1-first-thing-fails').expectMessage('INC-1')
  const room = slack.channel('#inc-2-second-thing-fails')
  await room.expectMessage('INC-2')

  await ana.type('#general', '/inc note the cause is known')
  const question = await ana.expectTold('Which incident?')
  await ana.choose(question, 'Choose the incident', 'INC-2 P3 second thing fails')
  await room.expectMessage('@ana: the cause is known')
  await ana.expectTold('Noted on INC-2')
})

story('bare /inc shows what is open, with «Declare»; list and info and help answer', async ({ slack }) => {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc')
  const empty = await ana.expectTold('No incident is open')
  await ana.click(empty, 'Declare')
  await ana.expectModal('Declare an incident')
  await ana.submit({ 'What is wrong?': 'search is slow', Severity: 'P4' })
  await ana.expectTold('INC-1 is declared as P4')
  await slack.channel('#incidents').expectMessage('INC-1')
  await slack.channel('#inc-1-search-is-slow').expectMessage('INC-1')

  await ana.type('#general', '/inc list')
  await ana.expectTold('1 incident', 'INC-1', 'search is slow')
  await ana.type('#general', '/incident info #1')
  await ana.expectTold('INC-1 search is slow', 'Declared')
  await ana.type('#general', '/inc help')
  await ana.expectTold('/inc sev <to> [reason…]')
  await ana.type('#general', '/inc help sev')
  await ana.expectTold('Lowering it needs a reason', '/inc sev p1')
  await ana.type('#general', '/tocsin doctor')
  await ana.expectTold('Nothing was given up')
})

story(
  'a slip of the fingers declares nothing: the nearest verbs are offered, and one click takes one',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc lsit')
    const question = await ana.expectTold('lsit is no command of /inc', 'Did you mean list')
    await ana.click(question, '/inc list')
    await ana.expectTold('No incident is open')
  },
)

story('a message becomes an incident through its menu', async ({ slack, stage }) => {
  const ana = slack.person('ana')
  await ana.type('#general', 'clients say they cannot pay')
  const [said] = stage.simulator.slack.messages(slack.channel('#general').id()).slice(-1)
  await ana.hands.shortcut('Declare incident', said)
  await ana.expectModal('Declare an incident')
  await ana.submit({})
  await ana.expectTold('INC-1 is declared')
  await slack.channel('#general').expectMessage('INC-1 is declared as P3.')
  await slack.channel('#incidents').expectMessage('clients say they cannot pay')
  await slack.channel('#inc-1-clients-say-they-cannot-pay').expectMessage('INC-1')
})

story('guests and people of other workspaces may look, not act', async ({ slack }) => {
  const gus = slack.person('gus')
  await gus.type('#general', '/inc checkout is down')
  await gus.expectTold('Guests may look, not act')
})

story(
  'a group that is empty means nobody',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await slack.channel('#inc-1-search-is-slow-today').expectMessage('INC-1')
    await ana.type('#general', '/inc lead #1')
    await ana.expectTold('Nobody may do this yet', 'groups.responders')
  },
  { config: (example) => example.replace('responders: everyone', 'responders: []') },
)

story(
  'everybody presses «Take lead» at once: one leads, and the others read in a friendly sentence who was first',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc search is slow today')
    await ana.expectTold('INC-1')
    const announcement = await slack.channel('#incidents').expectMessage('INC-1')
    const room = slack.channel('#inc-1-search-is-slow-today')
    await room.expectMessage('INC-1')
    const people = ['ana', 'ben', 'cleo', 'dmitri', 'eva']
    await Promise.all(people.map((name) => slack.person(name).click(announcement, 'Take lead')))
    const said = await room.expectMessage('leads this incident now')
    const others = people.filter((name) => !said.shows().includes(`@${name}`))
    expect(others).toHaveLength(people.length - 1)
    for (const name of others) await slack.person(name).expectTold('was first, and leads it')
  },
)

story(
  'the form shows what has been of each severity; what clients notice proposes one, and whoever declares decides',
  async ({ slack, pagerduty }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc new private')
    const secret = await ana.expectModal('Declare an incident')
    expect(JSON.stringify(secret.blocks)).toContain('"initial_option":{"value":"private"')
    await ana.hands.closeModal()
    await ana.type('#general', '/inc new')
    const form = await ana.expectModal('Declare an incident')
    expect(JSON.stringify(form.blocks)).toContain('P1: nobody can pay')
    const notices = { 'What do clients notice?': 'Many cannot use an important part → P2' }
    await ana.submit({ 'What is wrong?': 'search finds nothing', ...notices })
    const told = await ana.expectTold('INC-1 is declared as P3', 'What clients notice sounds like P2')
    await slack.channel('#incidents').expectMessage('P3 INC-1')
    const room = slack.channel('#inc-1-search-finds-nothing')
    const card = await room.expectMessage('INC-1')
    await card.expectEdit('What clients notice', 'Many cannot use an important part')

    await ana.click(told, 'Change to P2')
    await room.expectMessage('Severity P3 → P2', 'By what clients notice')
    await ana.expectTold('INC-1 is P2 now')
    await pagerduty.expectPage('P2 INC-1')

    await ana.type('#general', '/inc new')
    await ana.expectModal('Declare an incident')
    await ana.submit({ 'What is wrong?': 'cards are refused', Severity: 'P1', ...notices })
    const graver = await ana.expectTold('INC-2 is declared as P1')
    expect(graver.shows()).not.toContain('sounds like')
    await slack.channel('#incidents').expectMessage('P1 INC-2')
    await slack.channel('#inc-2-cards-are-refused').expectMessage('INC-2')
  },
)
