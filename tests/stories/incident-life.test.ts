/** From declared to closed, and everything that may happen on the way. */
import { expect } from 'vitest'
import { type Play, story } from '../support/story.ts'

/** Declared by Ana in #general; its card, and the place where its people are. */
async function declared({ slack }: Pick<Play, 'slack'>, line = '/inc search is slow today', number = 1) {
  const ana = slack.person('ana')
  await ana.type('#general', line)
  await ana.expectTold(`INC-${number} is declared`)
  const announcement = await slack.channel('#incidents').expectMessage(`INC-${number}`)
  const words = line.replace(/^\/inc (p\d )?/, '')
  const place = `#inc-${number}-${words.replaceAll(' ', '-')}`
  const room = slack.channel(place)
  return { ana, place, room, announcement, card: await room.expectMessage(`INC-${number}`, 'investigating') }
}

story(
  'how far it is goes from investigating to closed, each move says what changed, and the lead is asked to close',
  async ({ slack, clock }) => {
    const { ana, place, room, card } = await declared({ slack }, '/inc p4 search is slow today')
    await ana.type(place, '/inc lead')
    await room.expectMessage('@ana leads')
    await ana.expectTold('You lead INC-1')
    await ana.click(card, 'Update status')
    await ana.expectModal('Update status')
    await ana.submit({ to: 'identified', what: 'the index is too large' })
    await room.expectMessage('The status is identified now', 'the index is too large')
    await ana.type(place, '/inc monitoring rebuilt the index')
    await room.expectMessage('The status is monitoring now', 'rebuilt the index')
    await ana.type(place, '/inc resolve the index was rebuilt')
    await room.expectMessage('Resolved by @ana')
    await card.expectEdit('resolved', 'the index was rebuilt', 'Close', 'Reopen')
    await clock.advance('24h')
    await room.expectMessage('@ana, this is resolved. Close it')
    await ana.click(card, 'Close')
    await room.expectMessage('@ana closed this incident')
    await card.expectEdit('closed')
  },
)

story(
  'what is over can be reopened with a reason, what was none can be called off, and refusals say what is possible',
  async ({ slack }) => {
    const { ana, place, room, card } = await declared({ slack })
    await ana.type(place, '/inc identified')
    await ana.expectModal('Update status')
    await ana.submit({ 'What changed?': 'a release leaks connections' })
    await room.expectMessage('identified', 'a release leaks connections')
    await ana.type(place, '/inc close')
    await ana.expectTold(
      'From identified it cannot become closed. It can become investigating, monitoring, resolved, canceled, merged',
    )
    await ana.type(place, '/inc resolve mended')
    await room.expectMessage('Resolved by @ana')
    await ana.type(place, '/inc reopen it is slow again')
    await room.expectMessage('@ana opened this again: it is slow again')
    await card.expectEdit('investigating')
    await ana.type(place, '/inc cancel the test data was slow')
    await room.expectMessage('@ana called this off: the test data was slow')
    await card.expectEdit('canceled')
  },
)

story(
  'one is merged into another: both channels hear it, the old number leads there, and it can be undone',
  async ({ slack }) => {
    const first = await declared({ slack })
    const second = await declared({ slack }, '/inc p2 payments time out', 2)
    await second.ana.type(second.place, '/inc merge 1')
    await second.room.expectMessage('merged this into INC-1')
    await first.room.expectMessage('INC-2', 'payments time out', 'is part of this now', 'It was P2, and this is P3')
    await first.card.expectEdit('holds INC-2')
    await second.ana.type(second.place, '/inc lead')
    await second.ana.expectTold('It was merged into INC-1. Go on there')
    await second.ana.type(second.place, '/inc unmerge')
    await second.room.expectMessage('took the merge into INC-1 back')
    await first.room.expectMessage('INC-2', 'goes on by itself again')
    await second.ana.type(second.place, '/inc merge 99')
    await second.ana.expectTold('There is no incident of that number')
  },
)

story(
  'roles are given and freed, whoever takes one is told its duties, and the lead changes hands only with a yes',
  async ({ slack }) => {
    const { ana, place, room, card } = await declared({ slack })
    const [ben, cleo] = [slack.person('ben'), slack.person('cleo')]
    await ana.type(place, '/inc role communications @cleo')
    await room.expectMessage('@cleo is communications now')
    await cleo.expectTold('You tell the others')
    await card.expectEdit('Roles', 'communications @cleo')
    await ana.type(place, '/inc role cook @cleo')
    await ana.expectTold('cook is no role here. Use operations, communications, scribe')
    await ana.click(card, 'Take lead')
    await room.expectMessage('@ana leads')
    await ana.type(place, '/inc handoff @ben watch the error rate')
    const offer = await room.expectMessage('@ben, please take over the lead', 'watch the error rate')
    await ana.click(offer, 'I take over')
    await ana.expectTold('That is for @ben to take')
    await ben.click(offer, 'I take over')
    await room.expectMessage('@ben leads')
    await card.expectEdit('@ben')
    await ana.type(place, '/inc roles')
    await ana.expectTold('Incident lead @ben', 'communications @cleo', 'scribe nobody yet')
  },
)

story(
  'a hand-over that nobody takes is said so once, and whoever led leads on; the offer stands for whoever comes late',
  async ({ slack, clock, settle }) => {
    const { ana, place, room, card } = await declared({ slack })
    const ben = slack.person('ben')
    await ana.click(card, 'Take lead')
    await room.expectMessage('@ana leads')
    await ana.type(place, '/inc handoff @ben watch the error rate')
    const offer = await room.expectMessage('@ben, please take over the lead')

    await clock.advance('10m')
    await room.expectMessage('@ben has not taken the lead over within 10 minutes. @ana still leads')
    await card.expectEdit('Incident lead', '@ana')
    await clock.advance('1h')
    await settle()

    await ben.click(offer, 'I take over')
    await room.expectMessage('@ben leads this incident now')
  },
)

story(
  'whoever is given something and cannot answer now is said so to whoever gives it, and to nobody else',
  async ({ slack, stage }) => {
    const { ana, place, room, card } = await declared({ slack })
    await stage.simulator.slack.show('ben', { isAway: true, isQuiet: true, status: 'on holiday <!here>' })
    await ana.type(place, '/inc role scribe @ben')
    await room.expectMessage('@ben is scribe now')
    await ana.expectTold(
      '@ben may not read this soon',
      'away in Slack; notifications are paused',
      '“on holiday',
      '«Page someone»',
    )
    await slack.person('ben').expectTold('You write down what was seen')
    await card.expectEdit('scribe @ben')

    await stage.simulator.slack.show('ben', { isAway: false, isQuiet: false, status: '' })
    stage.simulator.slack.faults.inject('dnd.info', { kind: 'error', error: 'missing_scope' })
    await ana.type(place, '/inc role operations @ben')
    await room.expectMessage('@ben is operations now')
    await slack.person('ben').expectTold('You change things')
  },
)

story(
  'whoever leads leaves the company: the lead and the roles are free, the channel is told once, a lead is asked for anew',
  async ({ slack, clock, stage, settle }) => {
    const { ana, place, room, card, announcement } = await declared({ slack }, '/inc p4 search is slow today')
    await ana.type(place, '/inc lead @ben')
    await ana.expectTold('@ben leads INC-1 now')
    await room.expectMessage('@ben leads')
    await ana.type(place, '/inc role scribe @ben')
    await room.expectMessage('@ben is scribe now')
    await slack.person('ben').expectTold('You write down what was seen')

    await ana.type(place, '/inc task check the replica @ben')
    const task = await room.expectMessage('Task 1', '@ben')
    await slack.person('ben').expectTold('@ana gave you Task 1')
    await settle()

    await stage.simulator.slack.deactivate('ben')

    await task.expectEdit('Task 1', 'nobody yet')
    await room.expectMessage('nobody has this now', 'Task 1: check the replica')
    await room.expectMessage('@ben is not in this workspace any more. Free again: the lead, scribe', '«Take lead»')
    await announcement.expectEdit('lead: nobody yet')
    await clock.advance('2m')
    await room.expectMessage('Nobody leads INC-1 yet, after 2 minutes')
    await ana.click(card, 'Take lead')
    await room.expectMessage('@ana leads')
    for (const line of ['/inc role scribe <@U0BEN00002>', '/inc task look again <@U0BEN00002>']) {
      await ana.type(place, line)
      await ana.expectTold('@ben is not in this workspace any more. Name somebody else')
    }
    await ana.type(place, '/inc timeline')
    await ana.expectTold('@ben is not in this workspace any more. Nobody leads. Free again: scribe')
    await stage.simulator.slack.deactivate('cleo')
    await settle()
  },
)

story('of a private incident nobody else hears a word', async ({ slack, stage, settle, pagerduty }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  await ana.type('#general', '/inc new p1 private a key was published')
  await ana.expectTold('INC-1 is declared as P1')
  const room = slack.channel('#inc-1')
  await room.expectMessage('INC-1', 'a key was published')
  await room.expectMessage('is private, so I tell nobody beyond the first page')
  const page = await pagerduty.expectPage('P1 INC-1 a private incident')
  expect(JSON.stringify(page)).not.toContain('a key was published')
  for (const line of [
    '/inc list',
    '/inc list all',
    '/inc list key published',
    '/inc info #1',
    '/inc lead #1',
    '/inc merge #1 2',
  ])
    await ben.type('#general', line)
  await ben.expectTold('No incident is open')
  await ben.expectTold('There was no incident yet')
  await ben.expectTold('Nothing is found for')
  for (let n = 0; n < 3; n += 1) await ben.expectTold('There is no incident of that number')
  await ben.openHome('No incident is open')
  await settle()
  const elsewhere = stage.simulator.slack.channels().filter((channel) => channel.name !== 'inc-1')
  expect(
    JSON.stringify(elsewhere.map((channel) => [channel.topic, stage.simulator.slack.messages(channel.id)])),
  ).not.toContain('key was published')
  await ana.type('#general', '/inc list')
  await ana.expectTold('a key was published')
})

story(
  'a drill is run as an incident of the severity that is said, and announced to nobody',
  async ({ slack, stage, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc drill p2 the database is gone')
    await ana.expectTold('INC-1 is declared as P2', 'It is a drill')
    await slack.channel('#drill-inc-1-the-database-is-gone').expectMessage('DRILL the database is gone')
    await settle()
    expect(
      stage.simulator.slack
        .messages(slack.channel('#incidents').id())
        .filter((message) => message.text.includes('INC-1')),
    ).toEqual([])
  },
)

story(
  'two people declare the same thing: the second is shown the first, and goes there or insists',
  async ({ slack }) => {
    await declared({ slack })
    const ben = slack.person('ben')
    await ben.type('#general', '/inc search is slow')
    const shown = await ben.expectTold('INC-1 was declared a few minutes ago and sounds like yours')
    await ben.click(shown, 'Open INC-1 instead')
    await ben.expectTold('Come in: #inc-1-search-is-slow-today')
    await ben.click(shown, 'Declare anyway')
    await ben.expectTold('INC-2 is declared')
    await slack.channel('#incidents').expectMessage('INC-2')
    await slack.channel('#inc-2-search-is-slow').expectMessage('INC-2')
  },
)

story(
  'past ones are found by severity, service and words, and what was like this one says how it ended',
  async ({ slack }) => {
    const { ana, place, room } = await declared({ slack }, '/inc checkout returns errors for cards')
    await ana.type(place, '/inc resolve raised the limit of the pool')
    await room.expectMessage('Resolved by @ana')
    const second = await declared({ slack }, '/inc p2 search timed out', 2)
    await ana.type('#general', '/inc list p2')
    await ana.expectTold('1 incident', 'INC-2')
    await ana.type('#general', '/inc list checkout')
    await ana.expectTold('1 incident', 'INC-1')
    await ana.type('#general', '/inc list error card')
    await ana.expectTold('1 incident', 'INC-1')
    await second.ana.type(second.place, '/inc title cards return errors at the checkout')
    await slack
      .channel('#inc-2-cards-return-errors-at-the-checkout')
      .expectMessage('This is called cards return errors at the checkout now')
    await second.ana.type('#general', '/inc similar #2')
    await ana.expectTold('What was like it', 'INC-1', 'raised the limit of the pool')
  },
)

story('when it began may be corrected, and is not taken for the future', async ({ slack }) => {
  const { ana, place, card } = await declared({ slack })
  await ana.type(place, '/inc started 40m')
  await card.expectEdit('began')
  await ana.type(place, '/inc started tomorrow')
  await ana.expectTold('Say how long ago')
  await ana.type(place, '/inc summary the index is too large')
  await card.expectEdit('What is going on', 'the index is too large')
  await ana.type(place, '/inc impact searching takes ten seconds')
  await card.expectEdit('What clients notice', 'searching takes ten seconds')
})

story('App Home shows what is open, and declares', async ({ slack }) => {
  const { ana } = await declared({ slack })
  await ana.openHome('Open incidents', 'INC-1', 'Declare incident')
})

story(
  'what is counted: by severity and source, without private ones, drills and what was called off',
  async ({ slack, stage }) => {
    const { ana, place, room } = await declared({ slack }, '/inc p4 search is slow today')
    await ana.type('#general', '/inc private a key was published')
    await ana.expectTold('INC-2')
    await slack.channel('#inc-2').expectMessage('INC-2')
    await ana.type(place, '/inc resolve the index was rebuilt')
    await room.expectMessage('Resolved by @ana')
    const scraped = await (await fetch(`${stage.app.url}/metrics`)).text()
    expect(scraped).toContain('incidents_total{severity="P4",source="person"} 1')
    expect(scraped).toContain('incident_resolution_time_seconds_bucket{severity="P4",le="60"} 1')
    expect(scraped).not.toContain('severity="P3",source')
  },
)
