/** What people ask for on an alert. */
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import { onClick } from '../../core/interactions.ts'
import { newSubject } from '../../core/perform.ts'
import { shorten } from '../../lib/text.ts'
import { incidentAggregate, titleMax } from '../incidents/index.ts'
import { load } from './store.ts'
import { declareIncidentButton } from './views.ts'

export const clicks = [
  onClick(declareIncidentButton, { who: 'responders', run: (call, { alert }) => declareIncident(call, alert) }),
]

async function declareIncident(call: Call, alert: string): Promise<Answer> {
  const group = await load(call.db, alert)
  if (!group) return refuse('That alert is not known here any more.')
  if (group.incident !== null) return refuse(`INC-${group.incident} runs for it already.`)
  const origin = { feature: 'alerts', id: group.id, label: `alert ${group.title}` }
  const outcome = await call.perform(incidentAggregate, newSubject, {
    type: 'incident.declare',
    title: shorten(group.title, titleMax),
    severity: null,
    origin,
  })
  if ('refused' in outcome) return refuse(`It cannot be declared: ${outcome.refused}.`)
  return tell(`INC-${outcome.id} is declared as ${outcome.state.severity}. Its channel opens now, with you in it.`)
}
