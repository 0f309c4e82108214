/** One incident is declared, and everybody who wanted one joins it. */
import type { Effect } from '../../../core/effects.ts'
import { newSubject } from '../../../core/perform.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { LinkedIncident } from '../alert.ts'
import type { Event, Opening } from './domain.ts'

export function effects(_opening: Opening, event: Event): readonly Effect[] {
  switch (event.type) {
    case 'opening.began':
      return [{ kind: 'perform', feature: 'incidents', id: newSubject, isUrgent: true, command: event.declaration }]
    case 'opening.waited':
      return []
    case 'opening.joined':
      // They came with it, or right after: the card lists them, and the channel is not filled with them.
      return [link(event.group, event.incident)]
    case 'opening.settled':
      return event.waiting.map((group) => link(group, event.incident))
    default:
      return unreachable(event)
  }
}

function link(group: string, incident: LinkedIncident): Effect {
  return {
    kind: 'perform',
    feature: 'alerts',
    id: group,
    command: { type: 'alert.linkIncident', incident, leaves: true },
  }
}
