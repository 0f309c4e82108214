/** What docs/operating.md gives to somebody at 3 a.m. must work at 3 a.m. */
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../src/core/db.ts'
import { freshDatabase } from './support/database.ts'

const [, block = ''] = /```sql\n([\s\S]*?)```/.exec(readFileSync('docs/operating.md', 'utf8')) ?? []
const questions = block.split('\n').filter((line) => line.startsWith('select'))

test('each question in SQL is one that the database can answer', async () => {
  expect(questions.length).toBeGreaterThan(4)
  const { db, close } = await freshDatabase()
  for (const question of questions) expect(await rows(db, sql.raw(question)), question).toEqual([])
  await close()
})
