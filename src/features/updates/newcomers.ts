/** Who was told where an incident stands when they came into its channel: each person once, also under two replicas. */
import { eq } from 'drizzle-orm'
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import type { Aggregate } from '../../core/perform.ts'
import type { Rules } from './rules.ts'

export interface Newcomer {
  incident: string
  person: string
  toldAt: Instant
}

type Command = { type: 'newcomer.readIn'; incident: string; person: string }
type Event = { type: 'newcomer.readIn'; newcomer: string; of: string; person: string; at: Instant }

const newcomers = pgTable('newcomers', {
  id: text('id').primaryKey(),
  incident: text('incident_id').notNull(),
  person: text('person').notNull(),
  toldAt: timestamp('told_at', { withTimezone: true, mode: 'date' }).notNull(),
})

export const newcomerAggregate: Aggregate<Newcomer, Command, Event, 'told-already', Rules> = {
  feature: 'newcomers',
  newId: () => Promise.reject(new Error('a newcomer is an incident and a person')),
  async load(tx, id) {
    const [row] = await tx.select().from(newcomers).where(eq(newcomers.id, id))
    return row ? { incident: row.incident, person: row.person, toldAt: row.toldAt.toISOString() } : null
  },
  async save(tx, id, { incident, person, toldAt }) {
    await tx
      .insert(newcomers)
      .values({ id, incident, person, toldAt: new Date(toldAt) })
      .onConflictDoNothing()
  },
  decide(newcomer, { incident, person }, { id, now }: Given<Rules>): Decision<Event, 'told-already'> {
    if (newcomer) return { refused: 'told-already' }
    return [{ type: 'newcomer.readIn', newcomer: id, of: incident, person, at: now.toISOString() }]
  },
  evolve: (_newcomer, { of: incident, person, at }) => ({ incident, person, toldAt: at }),
  effects: () => [],
}

export function newcomerId(incident: string, person: string): string {
  return `${incident}-${person}`
}
