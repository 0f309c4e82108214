/**
 * How often Slack may be called. A call beyond its budget is not made: the effect goes back into the outbox for a
 * moment, so that no place is held while waiting, and a newer state can take its turn.
 */
import type { Priority } from '../../core/effects.ts'
import { DeliveryError } from '../../core/ports.ts'

export interface Budget {
  /** Takes one call's worth, or throws `paced` with the time to come back. */
  take(method: string, place: string | null, priority: Priority): void
  /** Slack itself asked us to wait. */
  pause(method: string, place: string | null, seconds: number): void
}

/** Calls a minute, a little below what Slack's tiers allow. */
const perMinute: Readonly<Record<string, number>> = {
  'conversations.create': 18,
  'conversations.rename': 18,
  'conversations.setTopic': 18,
  'conversations.setPurpose': 18,
  'conversations.list': 18,
  'users.list': 18,
  'pins.add': 18,
  'chat.update': 48,
  'conversations.invite': 48,
  'conversations.history': 48,
  'chat.postEphemeral': 95,
  'chat.postMessage': 300,
}
const usualPerMinute = 48
// A channel takes one message or edit a second, and a short burst above that.
const placeBurst = 4
const placePerSecond = 1
// Chatter leaves this share of every bucket to answers and cards.
const reservedShare = 1 / 3

interface Bucket {
  tokens: number
  at: number
  size: number
  perSecond: number
  closedUntil: number
}

export function createBudget(now: () => number): Budget {
  const buckets = new Map<string, Bucket>()

  function bucket(key: string, size: number, perSecond: number): Bucket {
    const at = now()
    const found = buckets.get(key) ?? { tokens: size, at, size, perSecond, closedUntil: 0 }
    found.tokens = Math.min(found.size, found.tokens + ((at - found.at) / 1_000) * found.perSecond)
    found.at = at
    buckets.set(key, found)
    if (buckets.size > bucketsMax) forgetFull(buckets)
    return found
  }

  function bucketsFor(method: string, place: string | null): Bucket[] {
    const minute = perMinute[method] ?? usualPerMinute
    // A burst of a third, and the rest spread evenly: no minute, wherever it begins, sees more than the whole.
    const own = bucket(method, minute / 3, (minute * 2) / 3 / 60)
    const isInPlace = place !== null && (method === 'chat.postMessage' || method === 'chat.update')
    return isInPlace ? [own, bucket(`${method} ${place}`, placeBurst, placePerSecond)] : [own]
  }

  return {
    take(method, place, priority) {
      const needed = bucketsFor(method, place)
      const waits = needed.map((one) => secondsToWait(one, now(), priority))
      const wait = Math.max(...waits)
      if (wait > 0) throw new DeliveryError('paced', 'again', { retryAfterSeconds: wait })
      for (const one of needed) one.tokens -= 1
    },
    pause(method, place, seconds) {
      const [own, inPlace] = bucketsFor(method, place)
      // A message refused for its channel's sake says nothing about other channels.
      const closed = inPlace ?? own
      if (closed) closed.closedUntil = now() + seconds * 1_000
    },
  }
}

const bucketsMax = 2_000

function forgetFull(buckets: Map<string, Bucket>): void {
  for (const [key, bucket] of buckets) if (bucket.tokens >= bucket.size) buckets.delete(key)
}

function secondsToWait(bucket: Bucket, now: number, priority: Priority): number {
  if (now < bucket.closedUntil) return (bucket.closedUntil - now) / 1_000
  const floor = priority === 'chatter' ? bucket.size * reservedShare : 0
  const missing = floor + 1 - bucket.tokens
  return missing <= 0 ? 0 : Math.max(missing / bucket.perSecond, 0.05)
}
