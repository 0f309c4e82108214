import { expect } from 'vitest'
import { withAlerts } from '../support/alert-config.ts'
import { story } from '../support/story.ts'

const alert = (name: string, more: object = {}) => ({ title: name, labels: { service: 'checkout' }, ...more })

story(
  'alerts that belong together are one message that counts them and says how they differ',
  async (play) => {
    const { slack, alerts } = play
    const pod = (name: string, status = 'firing') => ({
      title: 'PodCrashLooping',
      status,
      severity: 'info',
      summary: `${name} restarts`,
      labels: { alertname: 'PodCrashLooping', service: 'search', pod: name },
    })
    await alerts.post({ alerts: [pod('a'), pod('b'), pod('c')] })
    const message = await slack.channel('#alerts').expectMessage('Firing', 'PodCrashLooping', '3 of 3 firing')
    expect(message.shows()).toContain('pod=a')
    expect(message.shows()).toContain('service=search')

    await alerts.post(pod('b', 'resolved'))
    await message.expectEdit('2 of 3 firing', 'after less than a minute')
    await alerts.post({ alerts: [pod('a', 'resolved'), pod('c', 'resolved')] })
    await message.expectEdit('Resolved', '0 of 3 firing')
  },
  withAlerts(`
routes:
  - match: alertname=~"Pod.*"
    groupBy: [alertname, service]
`),
)

story('a warning asks whether it is an incident; accepted, it wakes and goes on', async ({ slack, alerts }) => {
  const ben = slack.person('ben')
  await alerts.post(alert('QueueGrowing', { severity: 'warning' }))
  const message = await slack.channel('#alerts').expectMessage('QueueGrowing', 'Accept', 'Decline', 'Merge into…')
  await slack.channel('#inc-1-queuegrowing').expectMessage('INC-1', 'triage')

  await ben.click(message, 'Accept')
  await slack.channel('#inc-1-queuegrowing').expectMessage('investigating')
  await slack.channel('#incidents').expectMessage('INC-1', 'QueueGrowing')
  await message.expectEdit('INC-1')
  await expect.poll(() => message.shows()).not.toContain('Accept')
})

story('a declined alert lets go of its incident, with the reason said', async ({ slack, alerts, stage }) => {
  const ben = slack.person('ben')
  await alerts.post(alert('QueueGrowing', { severity: 'warning' }))
  const message = await slack.channel('#alerts').expectMessage('QueueGrowing', 'in triage')
  const room = slack.channel('#inc-1-queuegrowing')
  await room.expectMessage('INC-1', 'triage')
  const announced = await slack.channel('#incidents').expectMessage('INC-1', 'triage')

  await ben.click(message, 'Decline')
  await ben.expectModal('Why?')
  await ben.submit({ 'Why is it no incident?': 'the nightly import, it is always so' })
  await room.expectMessage('the nightly import')
  await announced.expectEdit('canceled')
  await message.expectEdit('Declare incident')
  expect(stage.simulator.pagerduty.pages()).toEqual([])
})

story(
  'later alerts of a service join what runs for it, silently on the card and in a line in its channel',
  async (play) => {
    const { slack, alerts } = play
    await alerts.post(alert('CheckoutDown', { severity: 'critical' }))
    await slack.channel('#alerts').expectMessage('CheckoutDown', 'INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    const card = await slack.channel('#inc-1-checkoutdown').expectMessage('INC-1', 'Alerts')
    await play.pagerduty.expectPage('INC-1')
    await slack.person('ana').click(card, 'Take lead')
    await slack.channel('#inc-1-checkoutdown').expectMessage('@ana leads')
    await play.clock.advance('90s')

    await alerts.post(alert('CheckoutLatencyHigh', { severity: 'critical', summary: 'p99 is 9 s' }))
    await slack.channel('#alerts').expectMessage('CheckoutLatencyHigh', 'INC-1')
    await slack.channel('#inc-1-checkoutdown').expectMessage('One more alert', 'CheckoutLatencyHigh', 'p99 is 9 s')
    await card.expectEdit('CheckoutLatencyHigh')
    expect(play.stage.simulator.pagerduty.pages()).toHaveLength(1)
  },
)

story('alerts of one service that arrive together open one incident', async ({ slack, alerts, settle, pagerduty }) => {
  const names = ['CheckoutDown', 'CheckoutSlow', 'CheckoutErrors']
  await alerts.post({ alerts: names.map((name) => alert(name, { severity: 'critical' })) })
  await settle()
  await slack.channel('#incidents').expectMessage('INC-1')
  for (const name of names) await slack.channel('#alerts').expectMessage(name, 'INC-1')
  await slack.channel('#inc-1-checkoutdown').expectMessage('INC-1', ...names)
  await pagerduty.expectPage('INC-1')
})

story(
  'when all alerts of an incident are quiet for a while its channel is asked, and nothing is closed',
  async (play) => {
    const { slack, alerts, clock } = play
    await alerts.post(alert('CheckoutDown', { severity: 'critical' }))
    await slack.channel('#incidents').expectMessage('INC-1')
    const first = await slack.channel('#alerts').expectMessage('CheckoutDown', 'INC-1')
    await alerts.post(alert('CheckoutSlow', { severity: 'critical' }))
    await slack.channel('#alerts').expectMessage('CheckoutSlow', 'INC-1')
    const room = slack.channel('#inc-1-checkoutdown')
    await room.expectMessage('INC-1', 'Alerts')

    await alerts.post(alert('CheckoutDown', { severity: 'critical', status: 'resolved' }))
    await first.expectEdit('Resolved')
    await clock.advance('6m')
    await room.expectMessage('Nobody leads INC-1')
    await alerts.post(alert('CheckoutSlow', { severity: 'critical', status: 'resolved' }))
    await clock.advance('6m')
    await room.expectMessage('All alerts of INC-1 have been quiet', 'Resolve', 'Not yet')
    await room.expectMessage('Nobody leads INC-1', 'I will not ask again')
  },
  withAlerts(`
routes:
  - match: severity="critical"
    groupBy: [alertname, service]
    attach: true
    open: P3
`),
)

story(
  'the least grave is closed by itself, where that is wanted',
  async ({ slack, alerts, clock }) => {
    await alerts.post(alert('CertificateOld', { severity: 'info' }))
    const message = await slack.channel('#alerts').expectMessage('CertificateOld', 'in triage')
    await slack.channel('#incidents').expectMessage('P4 INC-1')
    await slack.channel('#inc-1-certificateold').expectMessage('triage')
    await alerts.post(alert('CertificateOld', { severity: 'info', status: 'resolved' }))
    await message.expectEdit('Resolved')
    await clock.advance('6m')
    await slack.channel('#inc-1-certificateold').expectMessage('ended by themselves')
  },
  withAlerts(`
routes:
  - groupBy: [alertname, service]
    triage: P4
closeWhenClear: P4
`),
)

story(
  'a route pages a team; whoever acknowledges, here or there, is shown on the message',
  async (play) => {
    const { slack, alerts, pagerduty } = play
    const ben = slack.person('ben')
    await alerts.post(alert('DatabaseDown'))
    const message = await slack.channel('#alerts').expectMessage('DatabaseDown', 'Acknowledge')
    const page = await pagerduty.expectPage('DatabaseDown')

    await ben.click(message, 'Acknowledge')
    await message.expectEdit('acknowledged by @ben')
    await pagerduty.expectStatus(page.key, 'acknowledged')
    await alerts.post(alert('DatabaseDown', { status: 'resolved' }))
    await message.expectEdit('Resolved')
    await pagerduty.expectStatus(page.key, 'resolved')
  },
  withAlerts(`
routes:
  - groupBy: [alertname]
    page: platform
`),
)

story(
  'in quiet hours an alert is shown and wakes nobody; at their end it does, if it still fires',
  async (play) => {
    const { slack, alerts, clock, pagerduty } = play
    await alerts.post(alert('DiskFilling'))
    const message = await slack.channel('#alerts').expectMessage('DiskFilling', 'wakes nobody: always')
    expect(play.stage.simulator.pagerduty.pages()).toEqual([])
    await clock.advance('24h')
    await pagerduty.expectPage('DiskFilling')
    await message.expectEdit('Firing')
  },
  quietFor(),
)

function quietFor() {
  const today = new Date().getUTCDay() || 7
  const day = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'][today - 1]
  return withAlerts(`
routes:
  - groupBy: [alertname]
    page: platform
    quiet: always
hours:
  always: { days: [${day}], from: "00:00", to: "23:59" }
`)
}

story(
  'nothing happens before so many in so long',
  async ({ slack, alerts, settle, stage }) => {
    const retry = (n: number) => ({ title: 'PaymentRetry', labels: { alertname: 'PaymentRetry', order: String(n) } })
    await alerts.post({ alerts: [retry(1), retry(2)] })
    await settle()
    expect(stage.simulator.slack.calls.filter((call) => call.method === 'chat.postMessage')).toEqual([])
    await alerts.post(retry(3))
    await slack.channel('#alerts').expectMessage('PaymentRetry', '3 of 3 firing')
  },
  withAlerts(`
routes:
  - groupBy: [alertname]
    threshold: { count: 3, within: 10m }
`),
)

story(
  'one route lets an alert go on to the next; each has its own message',
  async ({ slack, alerts }) => {
    await alerts.post(alert('SearchDown'))
    await slack.channel('#alerts').expectMessage('SearchDown')
    await slack.channel('#ops').expectMessage('SearchDown')
  },
  withAlerts(`
routes:
  - match: alertname="SearchDown"
    continue: true
    post: "#ops"
  - name: rest
`),
)
