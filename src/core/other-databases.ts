/** Questions to databases that are not Tocsin's own: one connection, one question, an answer within seconds. */
import pg from 'pg'

export type Row = Readonly<Record<string, unknown>>

export interface Conversation {
  ask(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

export interface Patience {
  secondsMax: number
  signal?: AbortSignal
  /** In a transaction that the server itself keeps from changing anything. */
  isReadOnly: boolean
}

export async function talkTo<T>(
  url: string,
  patience: Patience,
  talk: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tocsin',
    connectionTimeoutMillis: Math.min(5_000, patience.secondsMax * 1_000),
    statement_timeout: patience.secondsMax * 1_000,
    query_timeout: patience.secondsMax * 1_000 + 1_000,
  })
  // A lost connection is reported by the query that it interrupts.
  client.on('error', () => {})
  const hangUp = () => void client.end().catch(() => {})
  patience.signal?.addEventListener('abort', hangUp)
  try {
    await client.connect()
    if (patience.isReadOnly) await client.query('begin transaction read only')
    // Read only, a statement is prepared: several in one text, of which one could end the transaction, are refused.
    const mode = patience.isReadOnly ? ({ queryMode: 'extended' } as const) : {}
    return await talk({
      ask: async (text, values = []) => (await client.query({ text, values: [...values], ...mode })).rows as Row[],
    })
  } finally {
    patience.signal?.removeEventListener('abort', hangUp)
    await client.end().catch(() => {})
  }
}

/** Another database on the same server, reached with the same credentials. */
export function addressOf(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.href
}
