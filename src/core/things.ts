/** What is known of the named things outside: where a card was posted, which channel an incident has. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export async function observedOf(db: Db, name: string): Promise<unknown> {
  const [row] = await rows<{ observed: unknown }>(db, sql`select observed from things where name = ${name}`)
  return row?.observed ?? null
}

/** The name under which we opened a channel; null for one that is not ours. Known before anything is said in it. */
export async function thingInChannel(db: Db, channelId: string): Promise<string | null> {
  const [row] = await rows<{ name: string }>(
    db,
    sql`select name from things where observed ->> 'channelId' = ${channelId} and desired ->> 'kind' = 'slack.channel'`,
  )
  return row?.name ?? null
}
