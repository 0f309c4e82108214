/** `/alert test`: the example of a source on its real route, marked as a test wherever it is seen. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { aggregate } from './aggregate.ts'
import { type Alert, testSource } from './domain.ts'
import { toAlert } from './hooks.ts'
import { labelsOf } from './pipeline.ts'
import { groupId, placeOf, routesFor } from './routes.ts'
import type { AlertSource } from './sources/source.ts'

const lastsMilliseconds = 2 * 60_000

export async function fireTest(call: Call, source: AlertSource): Promise<Answer> {
  const parsed = source.parse(source.example, call.now)
  const [incoming] = 'alerts' in parsed ? parsed.alerts : []
  if (!incoming) return refuse(`The example of ${source.name} says nothing that could be shown.`)
  const rules = call.policy(aggregate)
  const read = toAlert(source.name, incoming)
  const alert: Alert = {
    ...read,
    source: testSource,
    // Each test is one of its own, and never the real one.
    fingerprint: `test-${call.now.getTime()}`,
    title: `TEST ${read.title}`,
    labels: { ...read.labels, source: source.name },
    status: 'firing',
    endsAt: null,
    at: call.now.toISOString(),
  }
  const end: Alert = {
    ...alert,
    status: 'resolved',
    at: new Date(call.now.getTime() + lastsMilliseconds).toISOString(),
  }
  const routes = routesFor(rules.routes, rules.fallback, labelsOf(alert))
  const effects = []
  for (const route of routes) {
    const place = placeOf({ ...alert, groupHint: alert.fingerprint }, { ...route, groupBy: null })
    const id = groupId(testSource, place)
    await call.perform(aggregate, id, { type: 'alert.observe', place, alerts: [alert], attachTo: null })
    const command = { type: 'alert.observe', place, alerts: [end], attachTo: null }
    const fire = { feature: 'alerts', id, command }
    effects.push({ kind: 'timer.set', key: `alerts/${id}/end-of-test`, at: end.at, fire } as const)
  }
  const names = routes.map(({ name }) => `"${escapeInline(name)}"`).join(' and ')
  const text = `The example of ${source.name} takes the route ${names}. It is marked as a test, wakes nobody, and ends in two minutes.`
  return { tell: { text }, effects }
}
