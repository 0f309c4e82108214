/**
 * How a feature on the right hears what happens on its left: a listener turns the event into effects, which are
 * filed in the same transaction. To change itself, it returns a `perform` effect.
 */
import type { Effect } from './effects.ts'

export interface Subscription {
  event: string
  hear(heard: Heard): readonly Effect[]
}

export interface Heard {
  id: string
  state: unknown
  event: { type: string }
}

/** `on('incident.opened', …)`: the types of state and event are the ones of the feature that is listened to. */
export function on<State, Event extends { type: string }, Type extends Event['type']>(
  event: Type,
  hear: (heard: { id: string; state: State; event: Extract<Event, { type: Type }> }) => readonly Effect[],
): Subscription {
  return { event, hear: hear as Subscription['hear'] }
}

export interface Subscriptions {
  hear(feature: string, id: string, state: unknown, event: { type: string }): readonly Effect[]
}

export function subscriptionsOf(all: readonly Subscription[]): Subscriptions {
  const byEvent = Map.groupBy(all, (subscription) => subscription.event)
  return {
    hear(_feature, id, state, event) {
      const listeners = byEvent.get(event.type) ?? []
      return listeners.flatMap((listener) => listener.hear({ id, state, event }))
    },
  }
}
