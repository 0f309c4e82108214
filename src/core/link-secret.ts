/** The random text of this installation: made once by a migration, the same for every replica, never shown. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export async function linkSecretOf(db: Db): Promise<string> {
  const [row] = await rows<{ secret: string }>(db, sql`select secret from installation`)
  if (!row) throw new Error('the table installation is empty: migration 0008 fills it')
  return row.secret
}
