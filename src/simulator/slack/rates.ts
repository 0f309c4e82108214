/** How often a method may be called. Follows the simulator's clock, so that a story can wait out a limit in a line. */
import type { Clock } from '../../lib/clock.ts'
import type { MethodRule } from './method-table.ts'

export interface Rates {
  /** Seconds to wait, 0 when the call may be made now (and is counted). */
  take(method: string, rule: MethodRule, channel: string | null): number
}

// Slack tolerates short bursts above one message a second in a channel.
const channelBurst = 5

export function createRates(clock: Clock): Rates {
  const windows = new Map<string, { startedAt: number; count: number }>()
  const channels = new Map<string, { tokens: number; at: number }>()

  function takeFromWindow(key: string, limit: number): number {
    const now = clock.now().getTime()
    const window = windows.get(key)
    if (!window || now - window.startedAt >= 60_000) {
      windows.set(key, { startedAt: now, count: 1 })
      return 0
    }
    if (window.count >= limit) return Math.ceil((window.startedAt + 60_000 - now) / 1_000)
    window.count += 1
    return 0
  }

  function takeFromChannel(channel: string): number {
    const now = clock.now().getTime()
    const bucket = channels.get(channel) ?? { tokens: channelBurst, at: now }
    const tokens = Math.min(channelBurst, bucket.tokens + (now - bucket.at) / 1_000)
    channels.set(channel, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1 ? 0 : 1
  }

  return {
    take(method, rule, channel) {
      if (method === 'chat.postMessage' && channel !== null) {
        const seconds = takeFromChannel(channel)
        if (seconds > 0) return seconds
      }
      return takeFromWindow(method, rule.perMinute)
    },
  }
}
