import { expect } from 'vitest'
import { withAlerts } from '../support/alert-config.ts'
import type { Stage } from '../support/stage.ts'
import { story } from '../support/story.ts'

const shown = withAlerts('routes: []')

story(
  'silence is the alert, and the next sign of life ends it',
  async ({ stage, slack, clock }) => {
    expect(await beat(stage)).toMatchObject({ status: 200 })
    await clock.advance('4m')
    expect(await beat(stage)).toMatchObject({ status: 200 })
    await clock.advance('4m')
    expect(await beat(stage)).toMatchObject({ status: 200 })

    await clock.advance('5m')
    const message = await slack
      .channel('#alerts')
      .expectMessage('Firing', 'No sign of life from prometheus', 'expected every 1 min')

    await clock.advance('20m')
    expect(await beat(stage)).toMatchObject({ status: 200 })
    await message.expectEdit('Resolved', 'No sign of life from prometheus', '20 min')
  },
  shown,
)

story(
  'a heartbeat goes the way of every alert: what its labels say opens an incident, with its runbook',
  async (given) => {
    const { stage, slack, clock } = given
    await beat(stage)
    await clock.advance('5m')
    await slack.channel('#alerts').expectMessage('No sign of life from prometheus', 'INC-1')
    await slack.channel('#incidents').expectMessage('INC-1', 'P2')
    await slack.channel('#inc-1-no-sign-of-life-from-prometheus').expectMessage('INC-1')
    await slack.channel('#inc-1-no-sign-of-life-from-prometheus').expectMessage('A sign of life stays away', 'step 1')
  },
  withAlerts('routes:\n  - match: source="heartbeat",severity="critical"\n    open: P2'),
)

story('it beats by GET, without a body, with a token in a header or as a password', async ({ stage }) => {
  const basic = `Basic ${Buffer.from(`cron:${stage.hookToken}`).toString('base64')}`
  const url = `${stage.app.url}/hooks/heartbeat/nightly-backup`
  expect((await fetch(url, { headers: { authorization: `Bearer ${stage.hookToken}` } })).status).toBe(200)
  expect((await fetch(url, { headers: { authorization: basic } })).status).toBe(200)
  expect((await fetch(url, { method: 'POST', headers: { authorization: basic }, body: 'done' })).status).toBe(200)
  expect((await fetch(url)).status).toBe(401)
})

story(
  'the end of a Watchdog alert is no sign of life',
  async ({ stage, slack, clock }) => {
    const watchdog = (status: string) => ({ status, alerts: [{ status, labels: { alertname: 'Watchdog' } }] })
    expect(JSON.parse((await beat(stage, watchdog('firing'))).body)).toMatchObject({ accepted: 1 })
    await clock.advance('4m')
    expect(JSON.parse((await beat(stage, watchdog('resolved'))).body)).toMatchObject({ accepted: 0 })
    await clock.advance('1m')
    await slack.channel('#alerts').expectMessage('No sign of life from prometheus')
  },
  shown,
)

story(
  '/alert heartbeats says which are expected, and which are missing',
  async ({ stage, slack, clock, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/alert heartbeats')
    await ana.expectTold('prometheus was never heard', 'nightly-backup was never heard')

    await beat(stage)
    await clock.advance('5m')
    await slack.channel('#alerts').expectMessage('No sign of life from prometheus')
    await ana.type('#general', '/alert heartbeats')
    await ana.expectTold('prometheus is missing since', 'nightly-backup was never heard')
    expect(await metric(stage, 'tocsin_heartbeats_missed_total{heartbeat="prometheus"}')).toBe('1')

    await beat(stage)
    await settle()
    await ana.type('#general', '/alert beats')
    await ana.expectTold('prometheus last heard', 'every 1 min')
  },
  shown,
)

story('a name that tocsin.yml does not know is refused, and those that it knows are named', async ({ stage }) => {
  const send = async (path: string) => {
    const { status, body } = await stage.senders.post(path, {})
    return [status, (JSON.parse(body) as { error: string }).error]
  }
  expect(await send('heartbeat/nightly-backups')).toEqual([404, expect.stringContaining('nightly-backup.')])
  expect(await send('heartbeat')).toEqual([404, expect.stringContaining('/hooks/heartbeat/<name>')])
})

story(
  'while the bot was down nobody is accused: who is late then gets the time of one more beat',
  async (given) => {
    const { stage, slack, clock, settle } = given
    await beat(stage)
    await settle()
    await stage.stopBot()
    stage.clock.advance(60 * 60_000)
    await stage.startBot()
    await settle()
    expect(slack.channel('#alerts').messages()).toEqual([])

    await clock.advance('1m')
    await slack.channel('#alerts').expectMessage('No sign of life from prometheus')
  },
  shown,
)

story(
  'a beat that comes while the bot starts again is kept, and moves the moment at which the next is missed',
  async (given) => {
    const { stage, slack, clock, settle } = given
    await beat(stage)
    await settle()
    await clock.advance('3m')
    await stage.stopBot()
    await stage.startBot()
    await beat(stage)
    await clock.advance('4m')
    await settle()
    expect(slack.channel('#alerts').messages()).toEqual([])
  },
  shown,
)

async function metric(stage: Stage, series: string): Promise<string | undefined> {
  const text = await (await fetch(`${stage.app.url}/metrics`)).text()
  return text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.split(' ')[1]
}

function beat(stage: Stage, body: unknown = {}) {
  return stage.senders.post('heartbeat/prometheus', body)
}
