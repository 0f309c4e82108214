/** The care of a runbook as `perform` knows it: kept, and whom it tells. */
import { eq } from 'drizzle-orm'
import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../../core/db.ts'
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import type { Aggregate } from '../../../core/perform.ts'
import { find } from '../library.ts'
import type { Rules } from '../rules.ts'
import { type Care, type Command, decide, type Event, evolve, type Refused } from './domain.ts'

const cares = pgTable('runbook_care', {
  name: text('name').primaryKey(),
  votes: jsonb('votes').$type<Readonly<Record<string, boolean>>>().notNull(),
  remindedAt: timestamp('reminded_at', { withTimezone: true, mode: 'date' }),
})

export const careAggregate: Aggregate<Care, Command, Event, Refused, Rules> = {
  feature: 'runbook-care',
  newId: () => Promise.reject(new Error('the care of a runbook is named by the runbook')),
  async load(tx: Db, id: string) {
    const [row] = await tx.select().from(cares).where(eq(cares.name, id))
    return row ? { ...row, remindedAt: row.remindedAt?.toISOString() ?? null } : null
  },
  async save(tx: Db, id: string, { votes, remindedAt }: Care) {
    const row = { name: id, votes, remindedAt: remindedAt === null ? null : new Date(remindedAt) }
    await tx.insert(cares).values(row).onConflictDoUpdate({ target: cares.name, set: row })
  },
  decide,
  evolve,
  effects,
}

function effects(_care: Care, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  if (event.type === 'care.voted') return []
  const runbook = find(policy.library, event.name)
  if (!runbook) return []
  const data = { title: runbook.title, file: runbook.file, reviewedAt: runbook.reviewedAt }
  const message = { text: policy.templates.render('runbooks/review', 'slack', data) }
  const owners = policy.ownersOf(runbook.owner)
  const places = owners.length === 0 ? [policy.opsChannel] : owners.map((owner) => `@${owner}`)
  return places.map((to): Effect => ({ kind: 'slack.say', to, message }))
}

/** Votes of all runbooks, for the list. */
export async function votesOf(db: Db): Promise<ReadonlyMap<string, { helped: number; didNot: number }>> {
  const rows = await db.select().from(cares)
  return new Map(
    rows.map(({ name, votes }) => {
      const all = Object.values(votes)
      const helped = all.filter(Boolean).length
      return [name, { helped, didNot: all.length - helped }]
    }),
  )
}
