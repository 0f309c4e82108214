import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { freshDataFolder } from '../../tests/support/made-once.ts'
import { openDatabase, rows } from './db.ts'
import { beginCluster, clusterIn } from './db-embedded-build.ts'

const newFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-embedded-'))

test('every commit reaches the disk: an upgrade of PGlite that loses this must not go unnoticed', {
  timeout: 30_000,
}, async () => {
  const database = await openDatabase(await freshDataFolder())
  await database.db.execute(sql`create table t (n integer)`)
  const synced = vi.spyOn(fs, 'fsyncSync')
  for (let n = 0; n < 20; n += 1) await database.db.execute(sql`insert into t values (${n})`)
  const count = synced.mock.calls.length
  synced.mockRestore()
  await database.close()

  expect(count).toBeGreaterThanOrEqual(20)
})

test('one process a folder: what was begun early is taken, who comes second is refused and leaves nothing', {
  timeout: 30_000,
}, async () => {
  const folder = newFolder()
  const data = clusterIn(folder)
  beginCluster(data)
  const [building = ''] = fs.readdirSync(folder)
  const { ino } = fs.statSync(path.join(folder, building))
  fs.mkdirSync(`${data}.new-of-a-bot-that-died`)
  const first = await openDatabase(folder)
  expect(fs.readdirSync(folder)).toEqual(['pgdata'])
  expect(fs.statSync(data).ino).toBe(ino)

  // The second began before the first had put its own in place.
  fs.renameSync(data, `${data}.away`)
  beginCluster(data)
  fs.renameSync(`${data}.away`, data)
  await expect(openDatabase(folder)).rejects.toThrow('another Tocsin is using the embedded database')
  expect(fs.readdirSync(folder)).toEqual(['pgdata'])

  await first.db.execute(sql`create table t (n integer)`)
  await first.close()
  const again = await openDatabase(folder)
  expect(await rows(again.db, sql`select count(*)::int as n from t`)).toEqual([{ n: 0 }])
  await again.close()
})
