import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'

/** What becomes of a runbook over time: whether it helped those who used it, and when its owner was last reminded. */
export interface Care {
  name: string
  /** By person; who votes again changes their mind. */
  votes: Readonly<Record<string, boolean>>
  remindedAt: Instant | null
}

export type Command = { type: 'care.vote'; worked: boolean; why: string } | { type: 'care.remind' }

export type Event =
  | { type: 'care.voted'; name: string; by: string; worked: boolean; why: string; at: Instant }
  | { type: 'care.reminded'; name: string; at: Instant }

export type Refused = 'only-people-vote' | 'reminded-lately'

// An owner who is asked every day stops reading.
const remindEvery = 30 * 86_400_000

export function decide(
  care: Care | null,
  command: Command,
  { id, now, actor }: Given<unknown>,
): Decision<Event, Refused> {
  const at = now.toISOString()
  if (command.type === 'care.vote') {
    if (actor.kind !== 'person') return { refused: 'only-people-vote' }
    return [{ type: 'care.voted', name: id, by: actor.id, worked: command.worked, why: command.why, at }]
  }
  const last = care?.remindedAt ?? null
  if (last !== null && now.getTime() - Date.parse(last) < remindEvery) return { refused: 'reminded-lately' }
  return [{ type: 'care.reminded', name: id, at }]
}

export function evolve(care: Care | null, event: Event): Care {
  const before = care ?? { name: event.name, votes: {}, remindedAt: null }
  return event.type === 'care.voted'
    ? { ...before, votes: { ...before.votes, [event.by]: event.worked } }
    : { ...before, remindedAt: event.at }
}
