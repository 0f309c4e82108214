/**
 * What is counted of incidents, from their own table, so that it is right over restarts and replicas. Private ones,
 * tests and drills are never counted, and what was called off or merged was no incident of its own.
 *
 * Resolution: from when it was declared until it was (last) resolved. Acknowledgement: until somebody took it on.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Measure } from '../../core/measures.ts'

const counted = sql`kind = 'real' and not is_private and status not in ('canceled', 'merged')`
const source = sql`case when declared_by is not null then 'person' else coalesce(origin ->> 'feature', 'tocsin') end`
// Minutes for what is quick, hours for what is not; a day is long for all.
const bounds = [60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400]

export const measures: readonly Measure[] = [
  {
    name: 'incidents_total',
    help: 'Incidents declared, by severity and by what declared them',
    labelNames: ['severity', 'source'],
    async read(db) {
      const found = await rows<{ severity: string; source: string; value: number }>(
        db,
        sql`select severity, ${source} as source, count(*)::int as value from incidents where ${counted} group by 1, 2`,
      )
      return found.map(({ severity, source, value }) => ({ labels: { severity, source }, value }))
    },
  },
  ...spans('incident_resolution_time_seconds', 'Seconds from declared to resolved', sql`resolved_at`),
  ...spans('incident_acknowledgement_time_seconds', 'Seconds from declared to acknowledged', sql`acknowledged_at`),
]

/** As Prometheus has histograms: how many took at most so long, how many there are, and how long all took together. */
function spans(name: string, help: string, end: SQL): Measure[] {
  const seconds = sql`extract(epoch from ${end} - declared_at)`
  const ended = sql`${counted} and ${end} is not null`
  const bySeverity = async (db: Db, value: SQL) => {
    const found = await rows<{ severity: string; value: number }>(
      db,
      sql`select severity, ${value} as value from incidents where ${ended} group by 1`,
    )
    return found.map(({ severity, value: n }) => ({ labels: { severity }, value: Number(n) }))
  }
  return [
    {
      name: `${name}_bucket`,
      help: `${help}: how many took at most \`le\` seconds`,
      labelNames: ['severity', 'le'],
      async read(db) {
        const each = await Promise.all(
          [...bounds, null].map(async (bound) => {
            const within = bound === null ? sql`count(*)` : sql`count(*) filter (where ${seconds} <= ${bound})`
            const le = bound === null ? '+Inf' : String(bound)
            return (await bySeverity(db, within)).map(({ labels, value }) => ({ labels: { ...labels, le }, value }))
          }),
        )
        return each.flat()
      },
    },
    {
      name: `${name}_sum`,
      help: `${help}, all together`,
      labelNames: ['severity'],
      read: (db) => bySeverity(db, sql`sum(greatest(${seconds}, 0))`),
    },
    {
      name: `${name}_count`,
      help: `${help}: how many`,
      labelNames: ['severity'],
      read: (db) => bySeverity(db, sql`count(*)`),
    },
  ]
}
