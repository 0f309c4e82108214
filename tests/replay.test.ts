import { expect, test } from 'vitest'
import { findDifferences } from '../src/replay.ts'
import { openStage } from './support/stage.ts'

test('journal and state are held against each other as of one moment, also while the bot is at work', async () => {
  const stage = await openStage()
  try {
    const state = { isPosting: true }
    const post = (n: number) => stage.senders.post('generic', { title: `Alert ${n % 10}`, severity: 'critical' })
    const posting = Promise.all(Array.from({ length: 60 }, (_, n) => post(n))).finally(() => {
      state.isPosting = false
    })
    for (let looks = 0; looks < 15 || state.isPosting; looks += 1) {
      // In sequence: each is a moment of its own.
      expect(await findDifferences(stage.app.database.db)).toEqual([])
    }
    await posting
    const seen = await stage.app.database.db.execute('select from journal')
    expect((seen as unknown as { rows: unknown[] }).rows.length).toBeGreaterThan(60)
  } finally {
    await stage.close()
  }
})
