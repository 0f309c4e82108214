/**
 * Writes down that an effect may have happened, at the last moment before it may.
 *
 * Most effects are in doubt from the moment they are taken. Where the outside can be asked afterwards that costs nothing;
 * of a mail nobody can say, so its adapter speaks up only when nothing but the last line is left to be sent. Whoever asks
 * while others are being written down waits and is written with the next of them: one statement for many.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'
import { DeliveryError } from './ports.ts'

interface Waiting {
  id: number
  resolve(): void
  reject(error: unknown): void
}

export type NoteDoubt = (id: number) => Promise<void>

/** Resolves once it is kept that this effect may have happened; rejects when another process has taken it over meanwhile. */
export function startDoubts(db: Db, worker: string): NoteDoubt {
  const state: { waiting: Waiting[]; isWriting: boolean } = { waiting: [], isWriting: false }

  async function writeAll(): Promise<void> {
    state.isWriting = true
    while (state.waiting.length > 0) {
      const some = state.waiting.splice(0)
      // In sequence: whoever comes meanwhile makes the next statement.
      await writeSome(db, worker, some)
    }
    state.isWriting = false
  }

  return (id) =>
    new Promise((resolve, reject) => {
      state.waiting.push({ id, resolve, reject })
      if (!state.isWriting) void writeAll()
    })
}

async function writeSome(db: Db, worker: string, some: readonly Waiting[]): Promise<void> {
  try {
    const ids = some.map(({ id }) => sql`${id}`)
    const written = await rows<{ id: number }>(
      db,
      sql`update outbox set in_doubt = true
        where id in (${sql.join(ids, sql`, `)}) and leased_by = ${worker} and closed_at is null returning id::int`,
    )
    const kept = new Set(written.map(({ id }) => id))
    for (const { id, resolve, reject } of some) {
      if (kept.has(id)) resolve()
      else reject(new DeliveryError('taken_over', 'again'))
    }
  } catch (error) {
    for (const { reject } of some) reject(error)
  }
}
