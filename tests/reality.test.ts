/** No simulator of Prometheus is as strange as the real one: a rule fires there, and people in Slack read of it. */
import { sql } from 'drizzle-orm'
import { describe, expect } from 'vitest'
import { createAlertmanager } from '../src/adapters/alertmanager/index.ts'
import { rows } from '../src/core/db.ts'
import { monitoringTools, type Ports, startMonitoring, startService, stopService } from './support/monitoring.ts'
import { freePort } from './support/postgres.ts'
import { story } from './support/story.ts'

const ports: Ports = { prometheus: await freePort(), alertmanager: await freePort(), service: await freePort() }
const alertmanagerUrl = `http://127.0.0.1:${ports.alertmanager}`

describe.skipIf(!monitoringTools)('with a real Prometheus and Alertmanager', () => {
  story(
    'a service that is down is an incident with its runbook, is silenced in both places, and is over by itself',
    async ({ stage, slack, pagerduty }) => {
      const ben = slack.person('ben')
      const service = await startService(ports.service)
      const monitoring = await startMonitoring(stage, ports)
      try {
        const heard = () =>
          fetch(`${alertmanagerUrl}/api/v2/alerts?filter=alertname%3D%22Watchdog%22`).then((all) => all.json())
        await expect.poll(heard, { timeout: 20_000 }).toHaveLength(1)
        // What Alertmanager knows it sends on in its own time.
        const beats = () =>
          rows(stage.app.database.db, sql`select 1 from journal where type = 'heartbeat.began' limit 1`)
        await expect.poll(beats, { timeout: 20_000 }).toHaveLength(1)
        await ben.type('#general', '/alert heartbeats')
        await ben.expectTold('prometheus last heard')

        await stopService(service)
        const alert = await slack
          .channel('#alerts')
          .expectMessage('Firing', 'ServiceDown', 'does not answer', 'service=checkout', 'INC-1')
        await slack.channel('#incidents').expectMessage('P1 INC-1', 'ServiceDown')
        await slack.channel('#inc-1-servicedown').expectMessage('INC-1', 'ServiceDown')
        await slack.channel('#inc-1-servicedown').expectMessage('Service down', 'step 1')
        await pagerduty.expectPage('INC-1')

        await ben.click(alert, 'Silence')
        await ben.expectModal('Silence alerts')
        await ben.submit({ 'For how long?': '30 min', 'Why?': 'we are on it' })
        await ben.expectTold('S-1 silences')
        const silence = await slack.channel('#alerts').expectMessage('S-1 silences', 'ServiceDown')
        await silence.expectEdit('in Alertmanager, too')
        expect(await silencesThere()).toEqual(['active: we are on it (S-1 of Tocsin)'])
        const label = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true })
        const labels = [label('alertname', 'ServiceDown'), label('service', 'checkout')]
        expect(await lookedAt()).toMatchObject({ outcome: 'seen', silences: [{ there: { matchers: labels } }] })
        await ben.click(silence, 'Unsilence')
        await silence.expectEdit('S-1 is over')
        await expect.poll(silencesThere).toEqual(['expired: we are on it (S-1 of Tocsin)'])

        const back = await startService(ports.service)
        await alert.expectEdit('Resolved', 'ServiceDown')
        await stopService(back)
      } finally {
        await monitoring.stop()
      }
    },
    { alertmanagerUrl, secondsMax: 120, isInRealTime: true },
  )
})

/** As the watch over silences does it every minute. */
async function lookedAt(): Promise<unknown> {
  const [made] = await listThere()
  const own = (type: string) => ({ feature: 'silenceWatches', id: 'alertmanager', command: { type } })
  const copies = [{ silence: 'S-1', id: made?.id ?? '', comment: '' }]
  const effect = {
    kind: 'alertmanager.look',
    copies,
    whenDone: own('watch.see'),
    whenGivenUp: own('watch.giveUp'),
  } as const
  const now = new Date()
  const { signal } = new AbortController()
  const port = createAlertmanager({ url: alertmanagerUrl, token: null })
  const attempt = { id: '1', attempt: 1, isInDoubt: false, decidedAt: now, now, observed: null, signal }
  return (await port.deliver({ ...attempt, effect })).observed
}

async function silencesThere(): Promise<string[]> {
  return (await listThere()).map(({ status, comment }) => `${status.state}: ${comment}`)
}

async function listThere() {
  const response = await fetch(`${alertmanagerUrl}/api/v2/silences`)
  return (await response.json()) as { id: string; status: { state: string }; comment: string }[]
}
