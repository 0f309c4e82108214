/** The occasion as `perform` knows it: kept, and what it sets going. */
import { eq } from 'drizzle-orm'
import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import type { Db } from '../../../core/db.ts'
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import { type Aggregate, newSubject } from '../../../core/perform.ts'
import { incidentAggregate } from '../../incidents/index.ts'
import { find, isStale } from '../library.ts'
import { discretionOf } from '../opening.ts'
import type { Rules } from '../rules.ts'
import { unfinishedFor } from '../store.ts'
import { offer } from '../views.ts'
import { type Command, decide, type Event, evolve, type OccasionState, type Refused } from './domain.ts'

const occasions = pgTable('runbook_occasions', {
  incident: text('incident_id').primaryKey(),
  opened: jsonb('opened').$type<readonly string[]>().notNull(),
  offered: jsonb('offered').$type<readonly string[]>().notNull(),
})

export const occasionAggregate: Aggregate<OccasionState, Command, Event, Refused, Rules> = {
  feature: 'runbooks',
  newId: () => Promise.reject(new Error('an occasion is named by its incident')),
  async load(tx: Db, id: string) {
    const [row] = await tx.select().from(occasions).where(eq(occasions.incident, id))
    return row ?? null
  },
  async save(tx: Db, id: string, after: OccasionState) {
    const row = { ...after, incident: id }
    await tx.insert(occasions).values(row).onConflictDoUpdate({ target: occasions.incident, set: row })
  },
  async enrich(tx: Db, command: Command) {
    if (command.type === 'runbooks.tellRuns') {
      const runs = await unfinishedFor(tx, command.incident)
      return { ...command, runs: runs.map((run) => run.id) }
    }
    const incident = await incidentAggregate.load(tx, command.incident)
    if (incident === null) return command
    return { ...command, ...discretionOf(incident) }
  },
  decide,
  evolve,
  effects,
}

function effects(_occasion: OccasionState, event: Event, { policy, now, actor }: Given<Rules>): readonly Effect[] {
  if (event.type === 'runbooks.runsTold')
    return event.runs.map((id) => ({ kind: 'perform', feature: 'runbook-runs', id, actor, command: { ...event.what } }))
  if (event.type === 'runbooks.opened') {
    const command = { type: 'run.start', ...event.opening }
    return [{ kind: 'perform', feature: 'runbook-runs', id: newSubject, command }]
  }
  const runbooks = event.names.flatMap((name) => find(policy.library, name) ?? [])
  const message = offer(runbooks, {
    heading: runbooks.length === 1 ? 'A runbook may fit' : 'Runbooks that may fit',
    incident: event.incident,
    staleOf: (runbook) => isStale(runbook, now),
  })
  return [{ kind: 'slack.say', to: `incidents/${event.incident}/channel`, message }]
}
