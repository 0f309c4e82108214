/** Which alerting rules have a runbook: asked in Slack, and of `tocsin check`. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tocsin } from '../support/program.ts'
import { type Prometheus, startPrometheus } from '../support/prometheus.ts'
import { story } from '../support/story.ts'

const shelf = (example: string) => example.replace('folders: [runbooks]', 'folders: [tests/support/runbooks]')
const started: { prometheus: Prometheus | null } = { prometheus: null }
beforeAll(async () => {
  started.prometheus = await startPrometheus({
    rules: [
      { name: 'HighLatency' },
      { name: 'SearchIsSlow', annotations: { runbook_url: 'https://wiki.example.com/slow-search' } },
      { name: '<!channel> *Nobody* wrote' },
    ],
    metrics: ['http_requests_total'],
  })
})
afterAll(() => started.prometheus?.close())

story(
  'whoever asks is told which rules have no runbook, and which have one that nobody reviewed lately',
  async ({ slack, alerts }) => {
    await alerts.post({ title: 'DiskIsFull', severity: 'info', labels: { alertname: 'DiskIsFull' } })
    await slack.channel('#alerts').expectMessage('DiskIsFull')
    const ana = slack.person('ana')
    await ana.type('#general', '/runbook coverage')
    const report = await ana.expectTold('1 of 4 alerting rules have a runbook that was reviewed in the last 90 days')
    expect(report.shows()).toContain('SearchIsSlow slow-search · reviewed 2025-01-01')
    expect(report.shows()).toContain('DiskIsFull')
    expect(JSON.stringify(report.now())).toContain('&lt;!channel&gt;')
    expect(report.shows()).toContain('Rules of Prometheus, and what fired here')
  },
  {
    config: shelf,
    get prometheusUrl() {
      return started.prometheus?.url ?? ''
    },
  },
)

story(
  'without a Prometheus the report is of what fired here, and says so',
  async ({ slack }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/runbook coverage')
    await ana.expectTold('No alerting rule is known yet', 'no Prometheus is configured')
  },
  { config: shelf },
)

test('check names file and line of a metric that nobody measures and of a dead link, and fails for neither', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-check-'))
  mkdirSync(path.join(folder, 'pages'))
  const prometheus = started.prometheus?.url ?? ''
  writeFileSync(
    path.join(folder, 'pages', 'errors.md'),
    [
      '---',
      'title: Errors',
      'alerts: [HighLatency]',
      'reviewed_at: 2020-01-01',
      '---',
      '## Diagnosis',
      '1. Look at it, as [the wiki](http://127.0.0.1:1/gone) says.',
      '   ```query',
      '   rate(http_requests_total[5m]) / rate(http_reqests_total[5m])',
      '   ```',
      '2. Open it.',
      '   ```link',
      `   ${prometheus}/api/v1/rules All rules`,
      '   ```',
    ].join('\n'),
  )
  const config = path.join(folder, 'tocsin.yml')
  writeFileSync(config, readFileSync('tocsin.yml', 'utf8').replace('folders: [runbooks]', `folders: [${folder}/pages]`))
  const check = async (...args: string[]) =>
    (await tocsin(['check', config, ...args], { PROMETHEUS_URL: prometheus })).said

  const said = await check('--online')
  expect(said).toContain('errors.md:7: Prometheus has no metric http_reqests_total')
  expect(said).toContain('errors.md:7: http://127.0.0.1:1/gone is dead: ')
  expect(said).not.toContain('/api/v1/rules is dead')
  expect(said).toContain('the rule SearchIsSlow has no runbook')
  expect(said).toContain('the rule HighLatency: nobody reviewed errors for 90 days')
  expect(await check()).not.toContain('is dead')
})
