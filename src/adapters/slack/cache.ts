/** What was read a while ago, kept for so long and so many. A value that has become old is served while reading fails. */
import type { Clock } from '../../lib/clock.ts'

export interface Cache<Value> {
  get(key: string, read: () => Promise<Value>): Promise<Value>
  /** It has changed: the next one who asks reads it anew. */
  forget(key: string): void
}

interface Entry<Value> {
  value: Value
  readAt: number
}

export function createCache<Value>({
  clock,
  milliseconds,
  max,
}: {
  clock: Clock
  milliseconds: number
  max: number
}): Cache<Value> {
  const entries = new Map<string, Entry<Value>>()
  const reading = new Map<string, Promise<Value>>()
  const now = () => clock.now().getTime()

  async function readAnew(key: string, read: () => Promise<Value>): Promise<Value> {
    const before = entries.get(key)
    try {
      const value = await read()
      keep(key, { value, readAt: now() })
      return value
    } catch (error) {
      if (before) return before.value
      throw error
    } finally {
      reading.delete(key)
    }
  }

  /** The first in a Map is the one that was not asked for longest. */
  function keep(key: string, entry: Entry<Value>): void {
    entries.delete(key)
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > max && oldest !== undefined) entries.delete(oldest)
  }

  return {
    get(key, read) {
      const entry = entries.get(key)
      if (entry && now() - entry.readAt < milliseconds) {
        keep(key, entry)
        return Promise.resolve(entry.value)
      }
      // One reading for all who ask meanwhile.
      const current = reading.get(key) ?? readAnew(key, read)
      reading.set(key, current)
      return current
    },
    forget(key) {
      const entry = entries.get(key)
      if (entry) entries.set(key, { ...entry, readAt: 0 })
    },
  }
}

/** The same for a single value. */
export function cached<Value>(clock: Clock, milliseconds: number, read: () => Promise<Value>): () => Promise<Value> {
  const cache = createCache<Value>({ clock, milliseconds, max: 1 })
  return () => cache.get('', read)
}
