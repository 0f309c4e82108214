/** What «Make something happen» on the try page can do: the examples of all sources, and signs of life that stay away. */
import { sources } from './features/alerts/sources/index.ts'
import type { HeartbeatsConfig } from './features/heartbeats/config.ts'
import type { MovableClock } from './lib/clock.ts'
import type { TryHook } from './simulator/web/state.ts'
import type { Senders } from './stage-senders.ts'

const stormSize = 50
const stormKinds = 5

/** The example of a source: its beginning, its end, or fifty of its kind at once. */
export function alertHooks(senders: Senders, clock: MovableClock): TryHook[] {
  return sources.map(({ name, play }) => {
    // What ends must be what began: the end carries the beginning's moment.
    const began = { at: clock.now().toISOString() }
    const fire = (endsAt: string | null, nth: number) => senders.post(name, play({ startsAt: began.at, endsAt, nth }))
    return {
      source: name,
      label: `${name} alert`,
      does: 'alerts',
      async fire(variant) {
        const now = clock.now().toISOString()
        if (variant === 'resolved') return fire(now, 0)
        began.at = now
        if (variant !== 'storm') return fire(null, 0)
        const all = Array.from({ length: stormSize }, (_, n) => fire(null, 1 + (n % stormKinds)))
        const [first] = await Promise.all(all)
        return first ?? null
      },
    }
  })
}

const second = 1_000

/** A heartbeat is watched from its first beat on, so one that was never heard is heard once before it goes silent. */
export function heartbeatHooks(heartbeats: HeartbeatsConfig, senders: Senders, clock: MovableClock): TryHook[] {
  return Object.entries(heartbeats).map(([name, { every, grace }]) => {
    const source = `heartbeat/${name}`
    const heard = { at: Number.NEGATIVE_INFINITY }
    const beat = async () => {
      const sent = await senders.post(source, {})
      heard.at = clock.now().getTime()
      return sent
    }
    return {
      source,
      label: `heartbeat ${name}`,
      does: 'heartbeat',
      async fire(variant) {
        if (variant === 'beat') return beat()
        const missedAt = () => heard.at + every + grace + second
        const isMissed = missedAt() < clock.now().getTime()
        const sent = isMissed ? await beat() : null
        clock.advance(missedAt() - clock.now().getTime())
        return sent
      },
    }
  })
}
