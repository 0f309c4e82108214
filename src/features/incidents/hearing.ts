/**
 * What incidents hear of their pages: whoever is on call comes into the channel, so that nobody has to look for it, and
 * whoever acknowledges a page has acknowledged its incident.
 */
import type { PerformEffect } from '../../core/effects.ts'
import { on, type Subscription } from '../../core/subscriptions.ts'
import type { Page, PageEvent } from '../oncall/index.ts'
import type { Command } from './domain.ts'

export const subscriptions: Subscription[] = [
  // Whoever is on call comes in at once, whenever PagerDuty or the climb calls them. Others who are called have a link.
  on<Page, PageEvent, 'page.sent'>('page.sent', ({ state }) => callIn(state, { team: state.team, people: [] })),
  // Whoever has it, by whichever way they were called. Taking the lead acknowledges by itself.
  on<Page, PageEvent, 'page.acknowledged'>('page.acknowledged', ({ state, event }) =>
    event.via === 'lead' ? [] : [...acknowledge(state, event.by), ...comeIn(state, event.by)],
  ),
]

function acknowledge({ about }: Page, by: string | null): PerformEffect[] {
  if (about?.feature !== 'incidents') return []
  const actor = isSomebody(by) ? { actor: { kind: 'person' as const, id: by } } : {}
  const command: Command = { type: 'incident.acknowledge' }
  return [{ kind: 'perform', feature: 'incidents', id: about.id, command, ...actor }]
}

function comeIn(page: Page, by: string | null): PerformEffect[] {
  return isSomebody(by) ? callIn(page, { team: null, people: [by] }) : []
}

/** Those of PagerDuty who are nobody here have a name, and no id. */
function isSomebody(by: string | null): by is string {
  return by !== null && /^[UW][A-Z0-9]+$/.test(by)
}

function callIn({ about }: Page, wanted: { team: string | null; people: readonly string[] }): PerformEffect[] {
  if (about?.feature !== 'incidents') return []
  const command: Command = { type: 'incident.callIn', ...wanted }
  return [{ kind: 'perform', feature: 'incidents', id: about.id, command }]
}
