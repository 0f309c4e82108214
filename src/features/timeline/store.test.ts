/** A page of a timeline: in order across both sources, without a gap, and as cheap on a long one. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { databaseKinds } from '../../../tests/support/database.ts'
import { type Db, rows } from '../../core/db.ts'
import { type Cursor, incidentsOf, type Line, readLines } from './store.ts'

const types = ['incident.leadGiven']
const name = (line: Line) => `${line.from}/${line.position}`
const cursorOf = ({ at, from, position }: Line): Cursor => ({ at, from, position })

/** Entries and events, three of each in a second. */
async function fill(db: Db, count: number): Promise<void> {
  const at = sql`timestamptz '2026-03-02 12:00:00Z' + (n / 3) * interval '1 second'`
  await db.execute(sql`insert into journal (at, feature, subject, type, event, actor)
    select ${at}, 'incidents', '42', 'incident.leadGiven', '{}', '{}' from generate_series(1, ${count}) n`)
  await db.execute(sql`insert into timeline_entries (id, incident_id, kind, said_at, author_name, text, files, noted_at,
      status, kept_by_hand, marks, versions)
    select 'n' || n, '42', 'note', ${at}, 'Ana', 'step', '[]', ${at}, 'kept', true, '{}', '[]' from generate_series(1, ${count}) n`)
}

describe.each(databaseKinds)('on $kind', ({ open }) => {
  test('turning all pages back and forth shows every line once, in one order', async () => {
    const { db, close } = await open()
    await fill(db, 40)
    const whole = (await readLines(db, { incidents: ['42'], types, limit: 1_000 })).map(name)
    const span = { incidents: ['42'], types, limit: 7 }

    const back: string[] = []
    let page = await readLines(db, span)
    let first = page[0]
    while (first) {
      back.unshift(...page.map(name))
      page = await readLines(db, { ...span, beside: { side: 'before', cursor: cursorOf(first) } })
      first = page[0]
    }
    const forth: string[] = back.slice(0, 1)
    let last = (await readLines(db, { incidents: ['42'], types, limit: 1_000 }))[0]
    while (last) {
      const next: Line[] = await readLines(db, { ...span, beside: { side: 'after', cursor: cursorOf(last) } })
      forth.push(...next.map(name))
      last = next.at(-1)
    }

    expect(whole).toHaveLength(80)
    expect(back).toEqual(whole)
    expect(forth).toEqual(whole)
    await close()
  })

  test('the lines of what was merged into it are its own, until that is undone', async () => {
    const { db, close } = await open()
    await fill(db, 3)
    const event = (type: string) =>
      db.execute(sql`insert into journal (at, feature, subject, type, event, actor)
        values (now(), 'incidents', '41', ${type}, '{"from": "42"}', '{}')`)

    await event('incident.absorbed')
    expect(await incidentsOf(db, '41')).toEqual(['41', '42'])
    expect(await readLines(db, { incidents: ['41', '42'], types, limit: 10 })).toHaveLength(6)
    await event('incident.released')
    expect(await incidentsOf(db, '41')).toEqual(['41'])
    await close()
  })

  test('a page of ten thousand lines is read along the indexes, not by sorting them', async () => {
    const { db, close } = await open()
    await fill(db, 10_000)
    await db.execute(sql`analyze`)

    const plans = await rows<Record<string, string>>(
      db,
      sql`explain select * from timeline_entries where incident_id = '42' and status = 'kept'
          and (said_at, position) < (timestamptz '2026-03-02 12:30:00Z', 9007199254740991) order by said_at desc, position desc limit 13`,
    )
    const journal = await rows<Record<string, string>>(
      db,
      sql`explain select * from journal where incident = '42' and type = any('{incident.leadGiven}'::text[])
          and (at, id) < (timestamptz '2026-03-02 12:30:00Z', 0) order by at desc, id desc limit 13`,
    )

    expect(JSON.stringify(plans)).toContain('timeline_entries_page')
    expect(JSON.stringify(journal)).toContain('journal_incident')
    expect(JSON.stringify([plans, journal])).not.toContain('Sort')
    await close()
  })
})
