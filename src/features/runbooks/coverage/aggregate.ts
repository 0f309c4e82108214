/** The report on coverage as `perform` knows it: kept by who asked, and what it sets going. */
import { eq } from 'drizzle-orm'
import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../../core/db.ts'
import type { Given } from '../../../core/decision.ts'
import type { Callback, Effect } from '../../../core/effects.ts'
import type { Aggregate } from '../../../core/perform.ts'
import { firedRules } from '../../alerts/index.ts'
import type { Rules } from '../rules.ts'
import type { Coverage } from './coverage.ts'
import { type Command, decide, type Event, evolve, type Refused, type Report } from './domain.ts'
import { reportMessage } from './report.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

const reports = pgTable('runbook_coverage', {
  askedBy: text('asked_by').primaryKey(),
  askedAt: moment('asked_at').notNull(),
  reportedAt: moment('reported_at'),
  coverage: jsonb('coverage').$type<Coverage>(),
})

// A rule that has not fired for so long is known from Prometheus, or it is none any more.
const firedWithin = 90 * 86_400_000

export const coverageAggregate: Aggregate<Report, Command, Event, Refused, Rules> = {
  feature: 'runbook-coverage',
  newId: () => Promise.reject(new Error('a report is named by who asks')),
  async load(tx: Db, id: string) {
    const [row] = await tx.select().from(reports).where(eq(reports.askedBy, id))
    if (!row) return null
    return { ...row, askedAt: row.askedAt.toISOString(), reportedAt: row.reportedAt?.toISOString() ?? null }
  },
  async save(tx: Db, id: string, { askedAt, reportedAt, coverage }: Report) {
    const row = {
      askedBy: id,
      askedAt: new Date(askedAt),
      reportedAt: reportedAt === null ? null : new Date(reportedAt),
      coverage,
    }
    await tx.insert(reports).values(row).onConflictDoUpdate({ target: reports.askedBy, set: row })
  },
  async enrich(tx: Db, command: Command, now: Date) {
    if (command.type === 'coverage.ask') return command
    return { ...command, fired: await firedRules(tx, new Date(now.getTime() - firedWithin)) }
  },
  decide,
  evolve,
  effects,
}

function effects({ askedBy }: Report, event: Event, { id }: Given<Rules>): readonly Effect[] {
  const { channelId } = event
  if (event.type === 'coverage.reported') {
    const message = reportMessage(event.coverage, event.why)
    return [{ kind: 'slack.tell', person: askedBy, ...(channelId === null ? {} : { channelId }), message }]
  }
  const back = (more: object): Callback => {
    return { feature: 'runbook-coverage', id, command: { type: 'coverage.report', channelId, ...more } }
  }
  const away = { observed: { why: 'Prometheus could not be asked', rules: [] } }
  return [{ kind: 'probe.ask', question: { ask: 'alert-rules' }, whenDone: back({}), whenGivenUp: back(away) }]
}
