/** What is known of the named things outside: where a card was posted, which channel an incident has. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export async function observedOf(db: Db, name: string): Promise<unknown> {
  const [row] = await rows<{ observed: unknown }>(db, sql`select observed from things where name = ${name}`)
  return row?.observed ?? null
}
