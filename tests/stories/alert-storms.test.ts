import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { withAlerts } from '../support/alert-config.ts'
import { story } from '../support/story.ts'

const groups = (n: number, more: object = {}) => ({
  alerts: Array.from({ length: n }, (_, index) => ({
    title: `Noise${index}`,
    labels: { alertname: `Noise${index}` },
    ...more,
  })),
})
const smallStorm = `
storm: { groups: 10, within: 1m, calmAfter: 2m }
routes:
  - match: severity="critical"
    groupBy: [alertname]
    open: P3
  - groupBy: [alertname]
`

story(
  'a storm is one message that counts, and at its end what still fires is shown',
  async (play) => {
    const { slack, alerts, clock, settle, stage } = play
    await alerts.post(groups(12))
    const storm = await slack.channel('#alerts').expectMessage('Alert storm', '12 new groups', 'All are kept')
    await settle()
    expect(slack.channel('#alerts').messages()).toHaveLength(1)
    await alerts.post({ ...groups(14), alerts: groups(14).alerts.slice(12) })
    await storm.expectEdit('14 new groups')
    await alerts.post(groups(11, { status: 'resolved' }))

    await clock.advance('3m')
    await slack
      .channel('#alerts')
      .expectMessage('storm is over after', '14 groups', 'none lost', '11 groups were over', '3 groups that still fire')
    await storm.expectEdit('The storm is over')
    for (const left of ['Noise11', 'Noise12', 'Noise13']) await slack.channel('#alerts').expectMessage('Firing', left)
    await settle()
    expect(stage.simulator.slack.calls.filter((call) => call.outcome === 'ratelimited')).toEqual([])
  },
  withAlerts(smallStorm),
)

story(
  'what is over in a storm before its message had its turn costs no message, and says so when it is asked about',
  async ({ slack, alerts, settle, clock, stage, slackComesBack }) => {
    const ben = slack.person('ben')
    stage.simulator.slack.faults.mode = 'down'
    await alerts.post(groups(9))
    await alerts.post({ alerts: groups(12).alerts.slice(9) })
    const { db } = stage.app.database
    await expect.poll(() => rows(db, sql`select 1 from alert_storms`)).toHaveLength(1)
    await alerts.post(groups(9, { status: 'resolved' }))
    await expect.poll(() => rows(db, sql`select 1 from alert_groups where status = 'resolved'`)).toHaveLength(9)
    await slackComesBack()
    await clock.advance('3m')
    await slack.channel('#alerts').expectMessage('storm is over:', '12 groups')
    await slack.channel('#alerts').expectMessage('storm is over', '9 groups were over before their turn', '3 groups')
    for (const left of ['Noise9', 'Noise10', 'Noise11']) await slack.channel('#alerts').expectMessage('Firing', left)
    const [over] = await rows<{ id: string }>(db, sql`select id from alert_groups where status = 'resolved' limit 1`)
    await ben.type('#general', `/alert why ${over?.id}`)
    await ben.expectTold('over before its turn in the storm', 'Outbreak 1')
    await settle()
    expect(slack.channel('#alerts').messages()).toHaveLength(5)
  },
  withAlerts(smallStorm),
)

story(
  'what must wake somebody goes on in a storm, and opens one incident for all of it',
  async (play) => {
    const { slack, alerts, settle } = play
    await alerts.post(groups(12, { severity: 'critical' }))
    await slack.channel('#alerts').expectMessage('Alert storm')
    await slack.channel('#incidents').expectMessage('INC-1', 'Noise0')
    await slack.channel('#inc-1-noise0').expectMessage('INC-1', 'Alerts', '… and 4 more')
    for (let index = 0; index < 12; index += 1) await slack.channel('#alerts').expectMessage(`Noise${index}\n`, 'INC-1')
    await settle()
    expect(slack.channel('#incidents').messages()).toHaveLength(1)
  },
  withAlerts(smallStorm),
)

story('a sender that says the same over and over is told of once', async ({ slack, alerts, clock }) => {
  const startsAt = new Date(Date.now() - 60_000).toISOString()
  const same = (serial: number) => ({
    serial,
    alerts: Array.from({ length: 250 }, () => ({ title: 'SameAgain', startsAt })),
  })
  await alerts.post(same(1))
  await slack.channel('#alerts').expectMessage('SameAgain')
  await slack.channel('#ops').expectMessage('generic says the same over and over')
  await alerts.post(same(2))
  await clock.advance('61m')
  await alerts.post(same(3))
  await slack.channel('#ops').expectMessage('generic says the same over and over')
})
