import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../src/core/db.ts'
import { findDifferences } from '../src/replay.ts'
import { openStage } from './support/stage.ts'

const alerts = 30

test('journal and state are held against each other as of one moment, also while the bot is at work', async () => {
  const stage = await openStage()
  const { db } = stage.app.database
  const journaled = async () => (await rows(db, sql`select distinct subject from journal`)).length
  try {
    const post = (n: number) => stage.senders.post('generic', { title: `Alert ${n}`, severity: 'critical' })
    const posting = Promise.all(Array.from({ length: alerts }, (_, n) => post(n)))
    for (let looks = 0; looks < 15 || (await journaled()) < alerts; looks += 1) {
      // In sequence: each is a moment of its own.
      expect(await findDifferences(db)).toEqual([])
    }
    await posting
  } finally {
    await stage.close()
  }
})
