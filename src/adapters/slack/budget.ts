/**
 * How often Slack may be called. A call beyond its budget is not made: the effect goes back into the outbox until its
 * turn, so that no place is held while waiting, and a newer state can take over.
 *
 * Whoever is sent back keeps a place in line. A newcomer is served only when there is room for all who stand before
 * it, so nobody who waits is overtaken for ever: urgent ones go first, equals in the order in which they came, and
 * whoever has waited long enough counts as urgent. A place that nobody comes back to is given away after a while.
 */
import type { Priority } from '../../core/effects.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Method, methods } from './methods.ts'

export interface Budget {
  /** Counts one call, or throws `paced` with the time to come back. Without a caller the call cannot wait, and only counts. */
  take(method: Method, channelId: string | null, caller: Caller | null): void
  /** Slack itself asked us to wait. Nothing is called there until then. */
  close(method: Method, channelId: string | null, seconds: number): void
}

export interface Caller {
  /** The same at every attempt: it names the place in line. */
  id: string
  priority: Priority
}

/** What may be called in a stretch of time, as Slack counts it, and who waits for it. */
interface Window {
  max: number
  milliseconds: number
  /** When the calls that still count were made, the oldest first. */
  made: number[]
  closedUntil: number
  line: Map<string, Waiting>
}

interface Waiting {
  since: number
  priority: Priority
  /** Somebody who is not back by then was overtaken by a newer state, or given up. */
  expiresAt: number
}

// A second more than Slack's minute: its clock starts when the call arrives, ours when it leaves.
const minuteMilliseconds = 61_000
// Slack allows a message a second in each channel, and short bursts above that.
const postsInChannel = { max: 3, milliseconds: 3_000 }
// Of edits, one. A tenth more than the second: one that left late arrives beside the next, which left in time.
const editsInChannel = { max: 1, milliseconds: 1_100 }
// Chatter leaves this share of every budget to answers and cards.
const reservedShare = 1 / 3
const ranks: Record<Priority, number> = { answer: 0, state: 1, chatter: 2 }
// After this long even chatter is urgent.
const patienceMilliseconds = 20_000
const graceMilliseconds = 15_000
const idleWindowsMax = 1_000
const shortestPause = 20

export function createBudget(clock: Clock): Budget {
  const windows = new Map<string, Window>()
  const now = () => clock.now().getTime()

  function windowAt(key: string, size: { max: number; milliseconds: number }): Window {
    const found = windows.get(key) ?? { ...size, made: [], closedUntil: 0, line: new Map() }
    if (!windows.has(key) && windows.size >= idleWindowsMax) forgetIdle(windows, now())
    windows.set(key, found)
    return found
  }

  function windowsFor(method: Method, channelId: string | null): Window[] {
    const ofMethod = windowAt(method, { max: methods[method].perMinute, milliseconds: minuteMilliseconds })
    if (channelId === null) return [ofMethod]
    if (method === 'chat.postMessage') return [ofMethod, windowAt(`${method} ${channelId}`, postsInChannel)]
    if (method === 'chat.update') return [ofMethod, windowAt(`${method} ${channelId}`, editsInChannel)]
    return [ofMethod]
  }

  return {
    take(method, channelId, caller) {
      const at = now()
      const needed = windowsFor(method, channelId)
      for (const window of needed) forgetPast(window, at)
      const waits = needed.map((window) => (caller ? millisecondsFor(window, caller, at) : window.closedUntil - at))
      const wait = Math.max(...waits)
      if (wait > 0) {
        // In line only where there is no room: who waits for one channel takes nothing from the others.
        for (const [index, window] of needed.entries())
          if (caller && (waits[index] ?? 0) > 0) standInLine(window, caller, { at, wait })
        throw new DeliveryError('paced', 'again', { retryAfterSeconds: Math.max(wait, shortestPause) / 1_000 })
      }
      for (const window of needed) {
        window.made.push(at)
        if (caller) window.line.delete(caller.id)
      }
    },
    close(method, channelId, seconds) {
      // A message that was refused for its channel's sake says nothing about other channels.
      const window = windowsFor(method, channelId).at(-1)
      if (window) window.closedUntil = Math.max(window.closedUntil, now() + seconds * 1_000)
    },
  }
}

/** How long this caller has to wait here, given who stands before it. 0: not at all. */
function millisecondsFor(window: Window, caller: Caller, now: number): number {
  const me = window.line.get(caller.id) ?? { since: now, priority: caller.priority, expiresAt: 0 }
  const reserved = rankOf(me, now) === ranks.chatter ? Math.floor(window.max * reservedShare) : 0
  // So many of the calls that still count have to be over first.
  const tooMany = window.made.length + countBefore(window, me, now) + reserved - window.max
  const untilOpen = Math.max(window.closedUntil - now, 0)
  if (tooMany < 0) return untilOpen
  const last = window.made[Math.min(tooMany, window.made.length - 1)] ?? now
  const wholeWindows = Math.floor(tooMany / window.max)
  return Math.max(last + (wholeWindows + 1) * window.milliseconds - now, untilOpen)
}

function countBefore(window: Window, me: Waiting, now: number): number {
  const myRank = rankOf(me, now)
  let count = 0
  let isBehindMe = false
  // In the order in which they came, which is the Map's own.
  for (const other of window.line.values()) {
    if (other === me) isBehindMe = true
    else if (rankOf(other, now) < myRank || (rankOf(other, now) === myRank && !isBehindMe)) count += 1
  }
  return count
}

function rankOf({ since, priority }: Waiting, now: number): number {
  return now - since >= patienceMilliseconds ? ranks.answer : ranks[priority]
}

function standInLine(window: Window, caller: Caller, { at, wait }: { at: number; wait: number }): void {
  const since = window.line.get(caller.id)?.since ?? at
  // Whoever is in line already keeps its place in the Map.
  window.line.set(caller.id, { since, priority: caller.priority, expiresAt: at + wait + graceMilliseconds })
}

function forgetPast(window: Window, now: number): void {
  const firstThatCounts = window.made.findIndex((at) => at > now - window.milliseconds)
  window.made.splice(0, firstThatCounts === -1 ? window.made.length : firstThatCounts)
  for (const [id, waiting] of window.line) if (waiting.expiresAt < now) window.line.delete(id)
}

/** There is a window for every channel that was ever written to. */
function forgetIdle(windows: Map<string, Window>, now: number): void {
  for (const [key, window] of windows) {
    forgetPast(window, now)
    if (window.made.length === 0 && window.line.size === 0 && window.closedUntil < now) windows.delete(key)
  }
}
