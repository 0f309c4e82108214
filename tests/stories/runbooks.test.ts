/** The next step is in the channel: found, started, worked through by several people. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Prometheus, startPrometheus } from '../support/prometheus.ts'
import { type Play, story } from '../support/story.ts'

const shelf = (example: string) => example.replace('folders: [runbooks]', 'folders: [tests/support/runbooks]')
const asked: string[] = []
const prometheus = http.createServer((req, res) => {
  let body = ''
  req.on('data', (chunk) => {
    body += chunk
  })
  req.on('end', () => {
    asked.push(new URLSearchParams(body).get('query') ?? '')
    const values = [
      [1, '0.2'],
      [2, '0.9'],
    ]
    res.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }))
  })
})
const address = { url: '' }
beforeAll(async () => {
  prometheus.listen(0, '127.0.0.1')
  await once(prometheus, 'listening')
  address.url = `http://127.0.0.1:${(prometheus.address() as AddressInfo).port}`
})
afterAll(() => {
  prometheus.closeAllConnections()
  prometheus.close()
})
const manyPods: { prometheus: Prometheus | null } = { prometheus: null }
beforeAll(async () => {
  const pods = Array.from({ length: 9 }, (_, n) => ({ pod: `web-${n}`, note: '<b>' }))
  const series = pods.map((metric) => ({ metric, values: [1, 2] as const }))
  manyPods.prometheus = await startPrometheus({ series })
})
afterAll(() => manyPods.prometheus?.close())
const options = {
  config: shelf,
  get prometheusUrl() {
    return address.url
  },
}

/** An incident that Ana declared, and its channel. */
async function declared({ slack }: Pick<Play, 'slack'>, title = 'search is odd') {
  const ana = slack.person('ana')
  await ana.type('#general', `/inc ${title}`)
  await slack.channel('#general').expectOnlyFor(ana, 'INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const place = `#inc-1-${title.replaceAll(' ', '-')}`
  const card = await slack.channel(place).expectMessage('INC-1', 'investigating')
  await ana.click(card, 'Take lead')
  await slack.channel(place).expectMessage('leads this incident')
  return { ana, place }
}

story(
  'a runbook is found by a few words, started in the channel, and worked through with buttons',
  async ({ slack, clock }) => {
    const { ana, place } = await declared({ slack })
    const channel = slack.channel(place)
    await ana.type(place, '/runbook latncy high')
    const found = await channel.expectOnlyFor(ana, '1 runbook found', 'High latency')
    await ana.click(found, 'Start')

    const run = await channel.expectMessage('High latency', 'step 1 of 4', 'Look at the 99th percentile')
    expect(run.shows()).toContain('Then:')
    await ana.click(run, 'Done')
    await run.expectEdit('step 2 of 4', 'Was something deployed')
    await ana.choose(run, 'Choose the answer', 'Yes')
    await run.expectEdit('step 3 of 4', 'Waits 5 min')
    await ana.click(run, 'Run')
    await run.expectEdit('waiting 5 min')
    await clock.advance('5m')
    await run.expectEdit('step 4 of 4', 'Call the database people')
    const ben = slack.person('ben')
    await ben.click(run, 'Failed')
    await ben.expectModal('This step failed')
    await ben.submit({ note: 'nobody answers' })
    await run.expectEdit('finished: 3 done, 1 failed', 'Did this runbook help?')
    await ana.click(run, 'It worked')
    await ana.expectTold('Good to know')
    await ana.type(place, '/runbook list')
    await channel.expectOnlyFor(ana, '2 runbooks', 'helped 1 of 1', 'not reviewed since 2025-01-01')
  },
  options,
)

story(
  'two people press at once: one is first, and the other is told who',
  async ({ slack }) => {
    const { ana, place } = await declared({ slack })
    await ana.type(place, '/inc runbook slow-search')
    const run = await slack.channel(place).expectMessage('Search is slow', 'not reviewed since 2025-01-01')
    const [ben, cleo] = [slack.person('ben'), slack.person('cleo')]
    await Promise.all([ben.click(run, 'Done'), cleo.click(run, 'Done')])
    await run.expectEdit('finished: 1 done')
    const told = [...slack.channel(place).messages()].filter((message) => message.text.includes('This run is over'))
    expect(told.length).toBeLessThanOrEqual(1)
    await slack.channel(place).expectOnlyFor(run.shows().includes('ben') ? cleo : ben, 'This run is over')
  },
  options,
)

story(
  'refusals say what would be accepted',
  async ({ slack }) => {
    const { ana, place } = await declared({ slack })
    const channel = slack.channel(place)
    await ana.type(place, '/runbook start high-latancy')
    const meant = await channel.expectOnlyFor(ana, 'There is no runbook “high-latancy”. Did you mean', 'High latency')
    await ana.click(meant, 'Start')
    const run = await channel.expectMessage('High latency', 'step 1 of 4')
    await ana.type(place, '/runbook start zebra')
    await channel.expectOnlyFor(ana, 'There is no runbook “zebra”. /runbook list')
    await ana.type(place, '/runbook zzz yyy')
    await channel.expectOnlyFor(ana, 'No runbook is about')
    expect(run.shows()).toContain('The alert does not say labels.instance')
    await ana.click(run, 'Skip')
    await ana.expectModal('Skip this step')
    await ana.submit({ note: 'no instance to look at' })
    await run.expectEdit('step 2 of 4', 'no instance to look at')
    await ana.type(place, '/runbook unreviewed')
    await channel.expectOnlyFor(ana, '1 runbook waits for a review', 'not reviewed since 2025-01-01')
  },
  options,
)

story(
  'an alert opens its incident, and the one runbook that is for it stands in the channel with its values filled in',
  async ({ slack, alerts, pagerduty, mail }) => {
    await alerts.post({
      title: 'HighLatency',
      severity: 'critical',
      labels: { alertname: 'HighLatency', severity: 'critical', instance: 'web-1"} or vector(1)' },
    })
    await slack.channel('#alerts').expectMessage('HighLatency')
    await slack.channel('#incidents').expectMessage('INC-1')
    await pagerduty.expectPage('P1 INC-1')
    await mail.expectMail('leadership@example.com', 'INC-1')
    const room = slack.channel('#inc-1-highlatency')
    await room.expectMessage('INC-1')
    const run = await room.expectMessage('High latency', 'step 1 of 4', 'Look at the 99th percentile of web-1')
    const ana = slack.person('ana')
    await ana.click(run, 'Run')
    await run.expectEdit('0.9', '▁█')
    expect(asked).toContain('latency{instance="web-1\\"} or vector(1)"}')
  },
  options,
)

story(
  'what a step saw that is too long for a message stands whole behind a signed link',
  async ({ slack, stage }) => {
    const { ana, place } = await declared({ slack })
    await ana.type(place, '/inc runbook pods')
    const run = await slack.channel(place).expectMessage('Pods restart', 'step 1 of 1')
    await ana.click(run, 'Run')
    await run.expectEdit('9 series', 'pod=web-0', 'and 4 more', 'All of it')
    expect(run.shows()).not.toContain('pod=web-8')
    const [, page = ''] =
      /<https?:\/\/[^/]+(\/runbooks\/runs\/[^#|]+)#diagnosis-1\|All of it>/.exec(JSON.stringify(run.now())) ?? []
    const open = async (path: string) => {
      const response = await fetch(`${stage.app.url}${path}`)
      return { status: response.status, text: await response.text() }
    }
    const whole = await open(page)
    expect(whole.status).toBe(200)
    expect(whole.text).toContain('pod=web-8')
    expect(whole.text).toContain('&#60;b&#62;')
    expect((await open(page.slice(0, -1))).status).toBe(404)
    expect((await open(page.replace(/runs\/.{4}/, 'runs/ffff'))).status).toBe(404)
  },
  {
    config: (example) => example.replace('folders: [runbooks]', 'folders: [tests/support/runbooks-long]'),
    get prometheusUrl() {
      return manyPods.prometheus?.url ?? ''
    },
  },
)
