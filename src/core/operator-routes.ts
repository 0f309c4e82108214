/** What operators and their machines ask: alive, ready, metrics. */
import { sql } from 'drizzle-orm'
import type { Clock } from '../lib/clock.ts'
import { type Db, rows } from './db.ts'
import type { Http } from './http.ts'
import type { Metrics } from './metrics.ts'
import { type Migration, pendingMigrations } from './migrations.ts'
import { outboxPorts } from './outbox-lines.ts'

export interface OperatorRoutes {
  db: Db
  migrations: readonly Migration[]
  metrics: Metrics
  clock: Clock
}

// An effect that could have been tried this long ago and was not: nobody delivers.
const stuckSeconds = 60

export function addOperatorRoutes(http: Http, { db, migrations, metrics, clock }: OperatorRoutes): void {
  http.get('/healthz', async () => ({ status: 'ok' }))

  http.get('/readyz', async (_request, reply) => {
    const problems = await findProblems(db, migrations, clock).catch(() => ['the database does not answer'])
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send({ status: problems.length === 0 ? 'ready' : 'not ready', problems })
  })

  http.get('/metrics', async (_request, reply) => {
    await sampleOutbox(db, metrics, clock).catch(() => {
      // Scraped while the database is away: the other metrics are still worth having.
    })
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

async function findProblems(db: Db, migrations: readonly Migration[], clock: Clock): Promise<string[]> {
  const pending = await pendingMigrations(db, migrations)
  const problems = pending.map((name) => `migrations/${name} has not run`)
  const [waiting] = await rows<{ n: number }>(
    db,
    sql`select count(*)::int as n from outbox where closed_at is null and leased_by is null and not exists (
        select 1 from outbox earlier where earlier.stream = outbox.stream and earlier.id < outbox.id and earlier.closed_at is null)
      and not_before < ${new Date(clock.now().getTime() - stuckSeconds * 1_000).toISOString()}`,
  )
  if (waiting && waiting.n > 0)
    problems.push(`${waiting.n} effects could be delivered and are not: the outbox does not move`)
  return problems
}

async function sampleOutbox(db: Db, metrics: Metrics, clock: Clock): Promise<void> {
  const found = await rows<{ port: string; n: number; oldest: string | Date }>(
    db,
    sql`select port, count(*)::int as n, min(decided_at) as oldest from outbox where closed_at is null group by port`,
  )
  for (const port of outboxPorts) {
    const row = found.find((candidate) => candidate.port === port)
    metrics.outboxPending.set({ port }, row?.n ?? 0)
    const age = row ? (clock.now().getTime() - new Date(row.oldest).getTime()) / 1_000 : 0
    metrics.outboxOldest.set({ port }, Math.max(age, 0))
  }
}
