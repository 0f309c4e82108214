import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spineFor } from '../../tests/support/bell.ts'
import { freshDatabase } from '../../tests/support/database.ts'
import { silence } from './call.ts'
import type { Database } from './db.ts'
import { createDesk, type Desk } from './desk.ts'
import type { Effect } from './effects.ts'
import type { Said } from './heard.ts'
import { onReaction, onSaid, whoever } from './interactions.ts'
import { createOurChannels, NotYet } from './our-channels.ts'
import { close, fileEffects, take } from './outbox-store.ts'
import type { Person } from './people.ts'
import { createPermissions } from './permissions.ts'
import { slotsOf } from './slots.ts'

const callback = { feature: 'a', id: '1', command: { type: 'none' } }
const channel: Effect = {
  kind: 'slack.channel',
  name: 'a/1/channel',
  desired: { name: 'x', isPrivate: false, topic: '', members: [] },
  whenDone: callback,
  whenGivenUp: callback,
}
const guest: Person = { id: 'U1', handle: 'gus', realName: 'Gus', kind: 'guest', timeZone: 'UTC' }
const now = new Date()
let database: Database
let desk: Desk
let noted: string[]

beforeEach(async () => {
  database = await freshDatabase()
  noted = []
  const people = {
    find: async () => guest,
    byHandle: async () => null,
    membersOf: async () => [],
    whereabouts: async () => ({ presence: 'unknown' as const, isQuiet: false, status: '' }),
  }
  const hears = [
    onSaid({
      who: whoever,
      run: async (_call, { thing, message }) => {
        noted.push(`${thing}: ${message.text}`)
        return silence
      },
    }),
    onSaid({ who: 'anyone', run: async () => ({ tell: { text: 'only members hear this' } }) }),
    onReaction({ who: whoever, run: async () => Promise.reject(new Error('nobody reacted')) }),
  ]
  desk = createDesk({
    features: [{ name: 'a', hears }],
    spine: spineFor(database.db),
    people,
    permissions: createPermissions({}, people),
    slots: slotsOf([]),
    ourChannels: createOurChannels(database.db),
    lookups: { permalink: async () => null, message: async () => null },
    rehear: async () => null,
  })
})
afterEach(() => database.close())

const said = (channelId: string): Said => ({
  kind: 'said',
  change: 'posted',
  before: null,
  message: { channelId, ts: '1.1', threadTs: null, text: 'hello', authorId: 'U1', at: now.toISOString(), files: [] },
  from: { personId: 'U1', channelId },
})
const beginOpening = () => fileEffects(database.db, 'a/1', [channel], now)

async function finishOpening(): Promise<void> {
  const { taken } = await take(database.db, { port: 'slack', worker: 'w', limit: 1, now, isInDoubtAtOnce: true })
  const observed = { thing: 'a/1/channel', now: { channelId: 'C1' } } as const
  await close(database.db, { id: taken[0]?.id ?? 0, worker: 'w', outcome: 'delivered', observed, neighbours: [] }, now)
}

test('what is said in a channel of ours is heard with the name of the channel, also from guests', async () => {
  await beginOpening()
  await finishOpening()

  expect(await desk.hear(said('C1'), { id: 1 })).toMatchObject({ effects: [] })
  expect(noted).toEqual(['a/1/channel: hello'])
})

test('what is said elsewhere is nothing to anybody', async () => {
  await beginOpening()
  await finishOpening()

  await desk.hear(said('C2'), { id: 1 })

  expect(noted).toEqual([])
})

test('what is said while a channel is being opened waits until it is known whose it is', async () => {
  await beginOpening()
  await expect(desk.hear(said('C1'), { id: 1, isLast: false })).rejects.toBeInstanceOf(NotYet)

  await finishOpening()
  await desk.hear(said('C1'), { id: 1, isLast: false })

  expect(noted).toHaveLength(1)
})

test('a channel that never opens does not keep what others say for ever', async () => {
  await beginOpening()

  await desk.hear(said('C9'), { id: 1, isLast: true })

  expect(noted).toEqual([])
})

test('news about a channel of ours is a reason to look at it, about another none', async () => {
  await beginOpening()
  await finishOpening()
  const news = (channelId: string) => ({ kind: 'channel', channelId, from: { personId: 'U1', channelId } }) as const

  expect((await desk.hear(news('C1'), { id: 1 })).effects).toEqual([{ kind: 'slack.look', name: 'a/1/channel' }])
  expect((await desk.hear(news('C2'), { id: 2 })).effects).toEqual([])
})

test('a channel that was given up is not waited for', async () => {
  await beginOpening()
  await database.db.execute(sql`update outbox set closed_at = now(), outcome = 'dead'`)

  expect(await createOurChannels(database.db).find('C1')).toBeNull()
})
