/** What the world hears about an alert. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { newSubject } from '../../core/perform.ts'
import { shorten } from '../../lib/text.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { titleMax } from '../incidents/index.ts'
import type { AlertGroup, Event } from './domain.ts'
import type { Rules } from './rules.ts'
import { alertMessage } from './views.ts'

export function effects(group: AlertGroup, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'alert.fired':
      return [show(group, policy), ...(event.open === null ? [] : [declareIncident(group, event.open)])]
    case 'alert.ended':
    case 'alert.incidentLinked':
    case 'alert.incidentUnlinked':
      return [show(group, policy)]
    default:
      return unreachable(event)
  }
}

function show(group: AlertGroup, rules: Rules): Effect {
  const name = `alerts/${group.id}/message-${group.messageNumber}` as const
  return { kind: 'slack.show', name, to: rules.postIn, message: alertMessage(group) }
}

export function declareIncident(group: AlertGroup, severity: string): Effect {
  const origin = { feature: 'alerts', id: group.id, label: `alert ${group.title}` }
  const command = { type: 'incident.declare', title: shorten(group.title, titleMax), severity, origin }
  return { kind: 'perform', feature: 'incidents', id: newSubject, isUrgent: true, command }
}
