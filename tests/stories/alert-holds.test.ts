/** What keeps an alert quiet beside silences and storms: each says so, and lets go by itself. */
import { expect } from 'vitest'
import { withAlerts } from '../support/alert-config.ts'
import { story } from '../support/story.ts'

const onHost = (name: string, status = 'firing') => ({
  title: name,
  status,
  labels: { alertname: name, instance: 'host-1' },
})

story(
  'while a host is down, what runs on it is kept quiet, and shown when the host is back',
  async ({ slack, alerts, settle }) => {
    const ben = slack.person('ben')
    await alerts.post(onHost('HostDown'))
    const host = await slack.channel('#alerts').expectMessage('HostDown')
    await alerts.post(onHost('DiskSlow'))
    await alerts.post({ title: 'DiskSlow', labels: { alertname: 'DiskSlow', instance: 'host-2' } })
    await slack.channel('#alerts').expectMessage('DiskSlow', 'instance=host-2')
    await settle()
    expect(slack.channel('#alerts').messages()).toHaveLength(2)

    await ben.type('#general', '/alert list')
    const listed = await ben.expectTold('3 groups of alerts fire')
    const ids = [...listed.shows().matchAll(/([0-9a-f]{6}) DiskSlow/g)].map(([, id]) => id)
    for (const id of ids) await ben.type('#general', `/alert why ${id}`)
    await ben.expectTold('inhibit HostDown fires and keeps it quiet', 'No message of it was posted')
    await ben.expectTold('inhibit nothing that fires keeps it quiet')

    await alerts.post(onHost('HostDown', 'resolved'))
    await host.expectEdit('Resolved')
    await slack.channel('#alerts').expectMessage('DiskSlow', 'instance=host-1')
  },
  withAlerts(`
routes:
  - groupBy: [alertname, instance]
inhibit:
  - source: alertname="HostDown"
    target: alertname=~".+"
    equal: [instance]
`),
)

story(
  'during maintenance nobody is told; what still fires at its end is',
  async ({ slack, alerts, clock, settle }) => {
    await alerts.post(onHost('DiskSlow'))
    await alerts.post(onHost('DiskFull'))
    await alerts.post(onHost('DiskFull', 'resolved'))
    await settle()
    expect(slack.channel('#alerts').messages()).toEqual([])
    await clock.advance('2h')
    await slack.channel('#alerts').expectMessage('Firing', 'DiskSlow')
  },
  underMaintenance(),
)

function underMaintenance() {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
  return withAlerts(`
routes:
  - groupBy: [alertname, instance]
maintenance:
  - name: the move of the racks
    match: instance="host-1"
    from: ${at(-60)}
    until: ${at(60)}
`)
}

story(
  'what is for working hours only is shown, and acted upon when they begin',
  async ({ slack, alerts, clock, stage }) => {
    await alerts.post(onHost('CertificateOld'))
    const message = await slack.channel('#alerts').expectMessage('CertificateOld', 'wakes nobody: office')
    expect(stage.simulator.pagerduty.pages()).toEqual([])
    await clock.advance('24h')
    await message.expectEdit('INC-1')
    await slack.channel('#incidents').expectMessage('INC-1')
    await slack.channel('#inc-1-certificateold').expectMessage('INC-1')
  },
  tomorrowOnly(),
)

function tomorrowOnly() {
  const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  const tomorrow = days[(new Date().getUTCDay() + 1) % 7]
  return withAlerts(`
routes:
  - groupBy: [alertname]
    open: P3
    only: office
hours:
  office: { days: [${tomorrow}], from: "00:00", to: "23:59" }
`)
}
