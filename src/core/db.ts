/**
 * One database handle for both homes of the data: a PostgreSQL server, or PGlite inside this process.
 *
 * Whatever runs inside a transaction takes `tx` as its first parameter and uses nothing else: PGlite has a single
 * connection, so a query on the outer handle inside a transaction would wait for itself for ever.
 */
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import pg from 'pg'

export type Db = PgDatabase<PgQueryResultHKT>

export interface Database {
  db: Db
  kind: 'postgres' | 'embedded'
  close(): Promise<void>
}

/** `postgres://…` opens a server; anything else is the folder of the embedded database. */
export async function openDatabase(
  address: string,
  options: { connections?: number | undefined } = {},
): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(address)) return openPostgres(address, options.connections ?? 10)
  const { openEmbedded } = await import('./db-embedded.ts')
  return openEmbedded(address)
}

function openPostgres(url: string, connections: number): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: 'tocsin',
    // A server that went away must turn into an error in seconds, not hold every request until TCP gives up.
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  })
  // A connection lost its server: an idle one, or one that is lent out and just then asks nothing, between two
  // statements of a transaction. The next query reports it, so there is nothing to do here but not to die of it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = drizzle(pool)
  // Left to drizzle, a connection on which `begin` itself fails is never given back: after a few such moments the pool
  // is empty for ever. So it is lent here, and comes back whatever happens.
  db.transaction = async (work, config) => {
    const client = await pool.connect()
    try {
      return await drizzle(client).transaction(work, config)
    } finally {
      client.release()
    }
  }
  return {
    db,
    kind: 'postgres',
    close: () => pool.end(),
  }
}

/** The rows of a plain SQL query. Both drivers answer with `rows`; drizzle's common type does not say so. */
export async function rows<Row>(db: Db, query: SQL): Promise<Row[]> {
  const result = (await db.execute(query)) as unknown as { rows: Row[] }
  return result.rows
}

/** The SQLSTATE of a failed query, whichever driver it came through. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause ? error.cause : error
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined
}

/** Connection lost or refused, server starting or stopping: trying again can help. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error) ?? ''
  if (/^(08|57P|53)/.test(state) || /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND|HOSTUNREACH)$/.test(state))
    return true
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  // pg gives these no code.
  return cause instanceof Error && /Connection terminated|timeout exceeded when trying to connect/.test(cause.message)
}
