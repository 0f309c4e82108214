import type { Decision, Given } from '../../../../core/decision.ts'
import type { Instant } from '../../../../core/effects.ts'
import { unreachable } from '../../../../lib/unreachable.ts'

/**
 *   (nobody) ──ask──▶ asked ──confirm──▶ confirmed ──leave──▶ left
 *                      │  ◀──ask──┐         │ ◀──ask, confirm: another choice
 *                      └──leave──▶ left ──ask──▶ asked
 *
 *   confirmed ──their mail server refuses them, three times──▶ suspended ──ask, confirm──▶ confirmed
 *
 * A *subscriber* is an address that wants to be written to. Whoever types an address need not own it: nothing but one
 * mail with a link goes there before it is confirmed, and a new choice counts only once it is.
 */
export interface Subscriber {
  id: string
  /** Empty once they left: we forget it. */
  address: string
  locale: string
  /** Keys of components; empty for all of them. */
  components: readonly string[]
  /** What they chose and have not confirmed yet. */
  pending: readonly string[] | null
  askedAt: Instant
  confirmedAt: Instant | null
  leftAt: Instant | null
  /** Counts the mails with a link; only the newest link is good. */
  round: number
  /** How many of them nobody answered. */
  unanswered: number
  /** How often in a row of a month their own mail server said that there is nobody. */
  bounces: number
  bouncedAt: Instant | null
  /** Since when they are not written to for that. */
  suspendedAt: Instant | null
}

export type Command =
  /** `askedLately` is read beside: how many addresses were asked for in the last hour, all together. */
  | { type: 'subscriber.ask'; address: string; locale: string; components: readonly string[]; askedLately?: number }
  | { type: 'subscriber.confirm'; round: number }
  | { type: 'subscriber.leave' }
  /** A mail to them was refused for good, by the server of their address. */
  | { type: 'subscriber.noteBounce'; code: string }

export type Event =
  | {
      type: 'subscriber.asked'
      id: string
      address: string
      locale: string
      components: readonly string[]
      round: number
      at: Instant
    }
  | { type: 'subscriber.confirmed'; at: Instant }
  | { type: 'subscriber.left'; at: Instant }
  | { type: 'subscriber.bounced'; code: string; time: number; at: Instant }
  | { type: 'subscriber.suspended'; at: Instant }

export type Refused =
  | 'no-address'
  | 'no-such-component'
  | 'asked-just-now'
  | 'too-many-asked'
  | 'no-such-link'
  | 'link-too-old'

/** Why the form is shown again. */
export type Problem = Refused | 'none-chosen'

export interface Policy {
  /** Keys that may be chosen. */
  components: readonly string[]
}

const minute = 60_000
const day = 86_400_000
const addressMax = 254
/** Over all addresses, in an hour: a launch has less, a flood has more. */
const askedPerHourMax = 300
/** A link that nobody followed is forgotten after this; see `forget`. */
export const daysToConfirm = 7

export function decide(
  subscriber: Subscriber | null,
  command: Command,
  given: Given<Policy>,
): Decision<Event, Refused> {
  switch (command.type) {
    case 'subscriber.ask':
      return ask(subscriber, command, given)
    case 'subscriber.confirm':
      return confirm(subscriber, command, given)
    case 'subscriber.leave':
      if (!subscriber) return { refused: 'no-such-link' }
      return subscriber.leftAt === null ? [{ type: 'subscriber.left', at: given.now.toISOString() }] : []
    case 'subscriber.noteBounce':
      return noteBounce(subscriber, command.code, given)
    default:
      return unreachable(command)
  }
}

/** One refusal may be a mistake of the server's; three messages in a month are not. */
const bouncesMax = 3
const bouncesWithin = 30 * day

function noteBounce(subscriber: Subscriber | null, code: string, { now }: Given<Policy>): Decision<Event, Refused> {
  if (!subscriber || subscriber.leftAt !== null) return { refused: 'no-such-link' }
  if (subscriber.suspendedAt !== null) return []
  const { bouncedAt, bounces } = subscriber
  const isRow = bouncedAt !== null && now.getTime() - Date.parse(bouncedAt) < bouncesWithin
  const time = isRow ? bounces + 1 : 1
  const at = now.toISOString()
  const bounced: Event = { type: 'subscriber.bounced', code, time, at }
  return time < bouncesMax ? [bounced] : [bounced, { type: 'subscriber.suspended', at }]
}

function ask(
  subscriber: Subscriber | null,
  { address, locale, components, askedLately = 0 }: Extract<Command, { type: 'subscriber.ask' }>,
  { id, now, policy }: Given<Policy>,
): Decision<Event, Refused> {
  if (!isAddress(address)) return { refused: 'no-address' }
  const unknown = components.find((key) => !policy.components.includes(key))
  if (unknown !== undefined) return { refused: 'no-such-component' }
  if (askedLately >= askedPerHourMax) return { refused: 'too-many-asked' }
  if (subscriber && now.getTime() < Date.parse(subscriber.askedAt) + pauseAfter(subscriber.unanswered)) {
    return { refused: 'asked-just-now' }
  }
  const round = (subscriber?.round ?? 0) + 1
  const chosen = policy.components.filter((key) => components.includes(key))
  return [{ type: 'subscriber.asked', id, address, locale, components: chosen, round, at: now.toISOString() }]
}

/** 2, 8, 32 minutes …, a day: a mail may be lost, and nobody's mailbox is flooded through us. */
function pauseAfter(unanswered: number): number {
  return unanswered === 0 ? 0 : Math.min(2 * minute * 4 ** (unanswered - 1), day)
}

/** Strict enough to keep headers and lists out; whether somebody reads there, the mail will tell. */
export function isAddress(text: string): boolean {
  return (
    text.length <= addressMax && /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\".]+(\.[^\s@<>()[\],;:\\".]+)+$/.test(text)
  )
}

function confirm(
  subscriber: Subscriber | null,
  { round }: { round: number },
  { now }: Given<Policy>,
): Decision<Event, Refused> {
  if (!subscriber || subscriber.leftAt !== null || subscriber.round !== round) return { refused: 'no-such-link' }
  // Followed twice, or by the mail program as well.
  if (subscriber.pending === null) return []
  if (now.getTime() > Date.parse(subscriber.askedAt) + daysToConfirm * day) return { refused: 'link-too-old' }
  return [{ type: 'subscriber.confirmed', at: now.toISOString() }]
}

export function evolve(subscriber: Subscriber | null, event: Event): Subscriber {
  if (event.type === 'subscriber.asked') {
    const { id, address, locale, components, round, at } = event
    const isConfirmed = subscriber !== null && subscriber.confirmedAt !== null && subscriber.leftAt === null
    return {
      id,
      address,
      locale,
      components: isConfirmed ? subscriber.components : components,
      pending: components,
      askedAt: at,
      confirmedAt: isConfirmed ? subscriber.confirmedAt : null,
      leftAt: null,
      round,
      unanswered: (subscriber?.unanswered ?? 0) + 1,
      bounces: subscriber?.bounces ?? 0,
      bouncedAt: subscriber?.bouncedAt ?? null,
      suspendedAt: subscriber?.suspendedAt ?? null,
    }
  }
  if (!subscriber) throw new Error(`${event.type} before subscriber.asked`)
  switch (event.type) {
    case 'subscriber.confirmed':
      return {
        ...subscriber,
        components: subscriber.pending ?? subscriber.components,
        pending: null,
        confirmedAt: subscriber.confirmedAt ?? event.at,
        unanswered: 0,
        // They followed a link in a mail: somebody reads there.
        bounces: 0,
        suspendedAt: null,
      }
    case 'subscriber.bounced':
      return { ...subscriber, bounces: event.time, bouncedAt: event.at }
    case 'subscriber.suspended':
      return { ...subscriber, suspendedAt: event.at }
    case 'subscriber.left':
      return { ...subscriber, address: '', pending: null, confirmedAt: null, leftAt: event.at }
    default:
      return unreachable(event)
  }
}
