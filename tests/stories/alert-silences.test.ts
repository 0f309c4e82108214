import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { story } from '../support/story.ts'

const disk = (status = 'firing') => ({ title: 'DiskFull', status, labels: { service: 'search', instance: 'db-1' } })
const idOf = (text: string) => /alert why ([0-9a-f]{6})/.exec(text)?.[1] ?? 'none'

story('«Silence» asks for how long and why, holds in Alertmanager too, and ends in sight', async (play) => {
  const { slack, alerts, clock, stage } = play
  const ben = slack.person('ben')
  await alerts.post(disk())
  const alert = await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')

  await ben.click(alert, 'Silence')
  await ben.expectModal('Silence alerts')
  await ben.submit({ 'For how long?': '2 h', 'Why?': 'new disks are coming' })
  const silence = await slack
    .channel('#alerts')
    .expectMessage('S-1 silences', 'DiskFull', 'new disks are coming', '@ben')
  await ben.expectTold('S-1 silences')
  await alert.expectEdit('Silenced', 'silenced by S-1')
  await silence.expectEdit('in Alertmanager, too')
  expect(stage.simulator.alertmanager.active()).toMatchObject([
    {
      comment: 'new disks are coming (S-1 of Tocsin)',
      matchers: [
        { name: 'alertname', value: 'DiskFull' },
        { name: 'service', value: 'search' },
      ],
    },
  ])

  await clock.advance('2h')
  await silence.expectEdit('S-1 is over', 'its time is over')
  await alert.expectEdit('Firing')
  expect(stage.simulator.alertmanager.active()).toEqual([])
})

story('what is silenced is not shown at all, until the silence is ended', async ({ slack, alerts, settle, stage }) => {
  const ben = slack.person('ben')
  await ben.type('#general', '/alert silence service="search", instance=~"db-.*" 1d the move of the racks')
  await ben.expectTold('S-1 silences service="search", instance=~')
  const silence = await slack.channel('#alerts').expectMessage('S-1 silences')
  await alerts.post(disk())
  await settle()
  expect(slack.channel('#alerts').messages()).toHaveLength(1)

  await ben.type('#general', '/alert list')
  const listed = await ben.expectTold('One alert fires', 'DiskFull', 'S-1')
  const id = /([0-9a-f]{6}) DiskFull/.exec(listed.shows())?.[1]
  await ben.type('#general', `/alert why ${id}`)
  await ben.expectTold('DiskFull', 'No message of it was posted', 'S-1 silences it until')

  await ben.click(silence, 'Unsilence')
  await silence.expectEdit('S-1 is over', 'ended by @ben')
  await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')
  await expect.poll(() => stage.simulator.alertmanager.active()).toEqual([])
})

story('while Alertmanager is away a silence holds here, and is made there once when it is back', async (play) => {
  const { slack, stage, clock } = play
  const ben = slack.person('ben')
  stage.simulator.alertmanager.faults.inject('POST /silences', { kind: 'reset', when: 'after-effect' })
  await ben.type('#general', '/alert silence service="search" 1d the move')
  await ben.expectTold('S-1 silences')
  const silence = await slack.channel('#alerts').expectMessage('S-1 silences')
  const copied = () => {
    clock.advance('5s').catch(() => {})
    return stage.openWork()
  }
  await expect.poll(copied, { timeout: 10_000, interval: 100 }).toEqual([])
  await silence.expectEdit('in Alertmanager, too')
  expect(stage.simulator.alertmanager.active()).toHaveLength(1)
})

story('what people end or change in Alertmanager is followed here, in sight', async (play) => {
  const { slack, alerts, clock, stage } = play
  const { alertmanager } = stage.simulator
  const idThere = () => alertmanager.active()[0]?.id ?? 'none'
  const ben = slack.person('ben')
  await alerts.post(disk())
  const alert = await slack.channel('#alerts').expectMessage('Firing', 'DiskFull')
  await ben.type('#general', '/alert silence service="search" 1d the move')
  await ben.expectTold('S-1 silences')
  const silence = await slack.channel('#alerts').expectMessage('S-1 silences')
  await silence.expectEdit('in Alertmanager, too')
  await alert.expectEdit('Silenced')

  const later = new Date(stage.clock.now().getTime() + 48 * 3_600_000).toISOString()
  alertmanager.change(idThere(), { endsAt: later })
  await clock.advance('61s')
  await slack.channel('#alerts').expectMessage('@ben', 'S-1 was changed in Alertmanager', 'service="search"')
  await silence.expectEdit('changed in Alertmanager')
  await clock.advance('25h')
  await alert.expectEdit('Silenced')

  // Other labels are another silence there, of the same comment.
  const other = { name: 'service', value: 'checkout', isRegex: false, isEqual: true }
  alertmanager.change(idThere(), { matchers: [other] })
  await clock.advance('61s')
  await slack.channel('#alerts').expectMessage('S-1 was changed in Alertmanager', 'service="checkout"')
  await silence.expectEdit('silences service="checkout"')
  await alert.expectEdit('Firing')

  // An Alertmanager that lost its disk is given it again.
  alertmanager.forget()
  await clock.advance('61s')
  await expect.poll(() => alertmanager.active()).toMatchObject([{ matchers: [other], endsAt: later }])

  alertmanager.faults.inject('GET /silences', { kind: 'http', status: 503 })
  await clock.advance('61s')
  const trouble = () => rows(stage.app.database.db, sql`select 1 from silence_watches where trouble is not null`)
  await expect.poll(trouble).toHaveLength(1)
  await ben.type('#general', '/alert')
  await ben.expectTold('S-1', 'Alertmanager cannot be asked (alertmanager_http_503)')

  alertmanager.end(idThere())
  await clock.advance('61s')
  await slack.channel('#alerts').expectMessage('S-1 was ended in Alertmanager, so it is over here too')
  await silence.expectEdit('S-1 is over', 'ended in Alertmanager')
  await ben.type('#general', '/alert unsilence S-1')
  await ben.expectTold('It is over already')
})

story('what cannot be silenced is refused, with what would be accepted', async ({ slack }) => {
  const ben = slack.person('ben')
  const refusals = [
    ['/alert silence service="search" because', 'Say for how long'],
    ['/alert silence service 2h because', 'is no matcher'],
    ['/alert silence service!="search" 2h because', 'would silence everything'],
    ['/alert silence service="search" 2h', 'Say why'],
    ['/alert silence service="search" 90d because', 'At most 30 days'],
    ['/alert unsilence S-9', 'no silence of that name'],
  ] as const
  for (const [line, words] of refusals) {
    await ben.type('#general', line)
    await ben.expectTold(words)
  }
})

story('everything that is said of an alert has its command, from anywhere', async (play) => {
  const { slack, alerts } = play
  const ben = slack.person('ben')
  await alerts.post({
    ...disk(),
    summary: 'no bytes left',
    link: 'https://prometheus.example.com/graph?g0',
    labels: { ...disk().labels, team: '<!channel>' },
  })
  const message = await slack.channel('#alerts').expectMessage('DiskFull', 'no bytes left', 'Open at the source')
  const id = idOf(message.shows())

  await ben.type('#general', '/alert')
  await ben.expectTold('One alert fires', id)
  await ben.type('#general', `/alert ${id}`)
  await ben.expectTold('Labels', 'instance=db-1', 'route none matches')
  await ben.type('#general', `/alert ack ${id}`)
  await ben.expectTold('You have DiskFull')
  await message.expectEdit('acknowledged by @ben')
  await ben.type('#general', `/alert ack ${id}`)
  await ben.expectTold('You have DiskFull')
  await ben.type('#general', `/alert why ${id}`)
  await ben.expectTold(
    '@ben acknowledged it',
    'the route is "none matches"',
    'belongs with alertname=DiskFull, service=search',
    'it is shown in #alerts',
  )

  await ben.type('#general', `/alert declare ${id}`)
  await ben.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  await slack.channel('#inc-1-diskfull').expectMessage('INC-1')
  await ben.type('#general', `/alert declare ${id}`)
  await ben.expectTold('INC-1 runs for it already')
  await ben.type('#general', '/alert info ffffffff')
  await ben.expectTold('There is no alert of that id')
})

story('an alert is attached to an incident by hand, and a private one is not told of', async (play) => {
  const { slack, alerts } = play
  const ben = slack.person('ben')
  await ben.type('#general', '/inc new search is slow')
  await ben.expectTold('INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const card = await slack.channel('#inc-1-search-is-slow').expectMessage('INC-1')
  await ben.type('#general', '/inc new private somebody is in our systems')
  await ben.expectTold('INC-2 is declared')
  await slack.channel('#inc-2').expectMessage('INC-2')
  await alerts.post(disk())
  const message = await slack.channel('#alerts').expectMessage('DiskFull')
  const id = idOf(message.shows())

  await ben.type('#general', `/alert attach ${id} #2`)
  await ben.expectTold('INC-2 is private')
  await ben.type('#general', `/alert attach ${id} INC-1`)
  await ben.expectTold('DiskFull belongs to INC-1 now')
  await card.expectEdit('Alerts', 'DiskFull')
  await message.expectEdit('INC-1')
  await ben.type('#general', `/alert attach ${id} #77`)
  await ben.expectTold('There is no incident of that number')
})

story('a test takes the real route, wakes nobody, and is over after two minutes', async (play) => {
  const { slack, clock, stage } = play
  const ben = slack.person('ben')
  await ben.type('#general', '/alert test generic')
  await ben.expectTold('takes the route "critical"', 'wakes nobody')
  const message = await slack.channel('#alerts').expectMessage('TEST CheckoutErrorRateHigh', 'INC-1')
  await slack.channel('#test-inc-1-test-checkouterrorratehigh').expectMessage('TEST')
  await clock.advance('3m')
  await message.expectEdit('Resolved')
  await slack.channel('#test-inc-1-test-checkouterrorratehigh').expectMessage('Nobody leads INC-1')
  expect(stage.simulator.pagerduty.pages()).toEqual([])
  await ben.type('#general', '/alert test nagios')
  await ben.expectTold('There is no source of that name')
})

story('alerts that nobody needed are counted against the limit, and what was useful is not', async (play) => {
  const { slack, alerts } = play
  const ben = slack.person('ben')
  await ben.type('#general', '/alert noisy')
  await ben.expectTold('No alert was shown in the last 7 days')

  await alerts.post({ title: 'FlakyProbe' })
  const flaky = await slack.channel('#alerts').expectMessage('FlakyProbe')
  await alerts.post({ title: 'FlakyProbe', status: 'resolved' })
  await flaky.expectEdit('Resolved', 'It was useful', 'It was noise')
  await alerts.post(disk())
  const useful = await slack.channel('#alerts').expectMessage('DiskFull')
  await alerts.post(disk('resolved'))
  await useful.expectEdit('Resolved')

  await alerts.post({ title: 'DiskSlow' })
  const echo = await slack.channel('#alerts').expectMessage('DiskSlow')
  await alerts.post({ title: 'DiskSlow', status: 'resolved' })
  await ben.click(echo, 'A duplicate')
  await echo.expectEdit('it was a duplicate')
  await ben.click(flaky, 'It was noise')
  await flaky.expectEdit('it was noise')
  await ben.click(useful, 'It was useful')
  await useful.expectEdit('it was useful')
  await ben.type('#general', '/alert noisy 1')
  const report = await ben.expectTold('1.0 false positives a day', 'within the limit of 5', 'FlakyProbe')
  expect(report.shows()).toMatch(/FlakyProbe.*1 false positive/)
  expect(report.shows()).toMatch(/DiskFull.*0 false positives/)
  expect(report.shows()).toMatch(/DiskSlow.*1 duplicate · \*?0 false positives/)
})
