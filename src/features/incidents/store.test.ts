/** Finding incidents: by words, by whom it may be seen, and as quickly when there are many. */
import { describe, expect, test } from 'vitest'
import { databaseKinds } from '../../../tests/support/database.ts'
import type { Db } from '../../core/db.ts'
import { evolve } from './evolve.ts'
import { findTwin, save, search } from './store.ts'

const at = '2026-11-20T10:00:00.000Z'

async function declared(db: Db, id: string, title: string, isPrivate = false): Promise<void> {
  const facts = { severity: 'P1', status: 'investigating', kind: 'real', service: null, origin: null } as const
  await save(
    db,
    id,
    evolve(null, { type: 'incident.declared', id, title, isPrivate, ...facts, startedAt: null, by: 'U1', at }),
  )
}

describe.each(databaseKinds)('on $kind', ({ open }) => {
  test('words find an incident by their beginnings; what has no words finds nothing', async () => {
    const { db, close } = await open()
    await declared(db, '1', 'nothing works in checkout')
    const found = async (words: string) =>
      (await search(db, { words }, { person: null }, 20)).map((incident) => incident.id)

    expect(await found('check work')).toEqual(['1'])
    expect(await found("checkout' & <!channel> | (")).toEqual([])
    expect(await found('🔥🔥')).toEqual([])
    expect(await found('the of')).toEqual([])
    await close()
  })

  test('a private incident is found by its members only, and is nobody’s twin', async () => {
    const { db, close } = await open()
    await declared(db, '1', 'a key was published', true)
    const seenBy = async (person: string | null) => (await search(db, { words: 'key' }, { person }, 20)).length

    expect([await seenBy('U1'), await seenBy('U2'), await seenBy(null)]).toEqual([1, 0, 0])
    expect(await findTwin(db, 'a key was published', new Date(at))).toBeNull()
    await close()
  })
})
