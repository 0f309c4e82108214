/** Whoever is on call for an incident, or has acknowledged it, is asked into its channel: nobody should have to look for it. */
import type { PerformEffect } from '../../core/effects.ts'
import { on, type Subscription } from '../../core/subscriptions.ts'
import type { Page, PageEvent } from '../oncall/index.ts'
import type { Command } from './domain.ts'

export const callingIn: Subscription[] = [
  // Whoever is on call comes in at once, whenever PagerDuty or the climb calls them. Others who are called have a link.
  on<Page, PageEvent, 'page.sent'>('page.sent', ({ state }) => callIn(state, { team: state.team, people: [] })),
  // Whoever has it, by whichever way they were called.
  on<Page, PageEvent, 'page.acknowledged'>('page.acknowledged', ({ state, event }) =>
    isSomebody(event.by) ? callIn(state, { team: null, people: [event.by] }) : [],
  ),
]

/** Those of PagerDuty who are nobody here have a name, and no id. */
function isSomebody(by: string | null): by is string {
  return by !== null && /^[UW][A-Z0-9]+$/.test(by)
}

function callIn({ about }: Page, wanted: { team: string | null; people: readonly string[] }): PerformEffect[] {
  if (about?.feature !== 'incidents') return []
  const command: Command = { type: 'incident.callIn', ...wanted }
  return [{ kind: 'perform', feature: 'incidents', id: about.id, command }]
}
