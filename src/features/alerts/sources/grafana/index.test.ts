import { expect, test } from 'vitest'
import { grafana } from './index.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const labels = { alertname: 'Search answers slowly', severity: 'warning' }
const alert = { status: 'firing', labels, startsAt: '2026-03-02T12:04:10Z', fingerprint: '57c6d9296de2ad39' }

test('an alert leads to its dashboard and panel, and keeps the values that made it fire', () => {
  expect(grafana.parse(grafana.example, receivedAt)).toMatchObject({
    alerts: [
      {
        title: 'Search answers slowly',
        severityLabel: 'warning',
        links: [{ title: 'Dashboard' }, { title: 'Panel' }, { title: 'Rule' }, { title: 'Silence in Grafana' }],
        extra: { values: { B: 0.73, C: 1 } },
      },
    ],
  })
})

test('links that are empty are left out', () => {
  const parsed = grafana.parse({ alerts: [{ ...alert, dashboardURL: '', panelURL: '' }] }, receivedAt)
  expect(parsed).toMatchObject({ alerts: [{ links: [] }] })
})

test('a rule that has no data is named, not the fact that there is none', () => {
  const noData = { ...alert, labels: { alertname: 'DatasourceNoData', rulename: 'Orders an hour' } }
  const broken = { ...alert, labels: { alertname: 'DatasourceError', rulename: 'Orders an hour' } }
  expect(grafana.parse({ alerts: [noData, broken] }, receivedAt)).toMatchObject({
    alerts: [{ title: 'Orders an hour: no data' }, { title: 'Orders an hour: cannot be evaluated' }],
  })
})

test('the same rule in two organizations is two alerts', () => {
  const keyIn = (orgId: number) => {
    const parsed = grafana.parse({ orgId, alerts: [alert] }, receivedAt)
    return 'alerts' in parsed ? parsed.alerts[0]?.fingerprint : null
  }
  expect(keyIn(1)).not.toBe(keyIn(2))
  expect(keyIn(1)).toBe(keyIn(1))
})

test('a body without alerts is refused by that name', () => {
  expect(grafana.parse({ state: 'alerting', ruleName: 'an alert of Grafana 8' }, receivedAt)).toMatchObject({
    field: 'alerts',
  })
})
