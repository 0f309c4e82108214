/** What people do to the channel of an incident, and what the bot takes note of. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { rows } from '../../src/core/db.ts'
import { observedOf } from '../../src/core/things.ts'
import { story } from '../support/story.ts'

story('a channel that a person renames or archives is noticed, and left as they want it', async (given) => {
  const { slack, stage, settle } = given
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel('#inc-1-search-is-slow-today')
  await room.expectMessage('INC-1')
  await settle()
  const id = room.id()
  const known = () => observedOf(stage.app.database.db, 'incidents/1/channel')

  await ana.hands.channels.rename(id, 'search-war-room')
  await expect.poll(known).toMatchObject({ name: 'search-war-room', changedByPeople: ['name'] })

  await ana.hands.channels.archive(id)
  await expect.poll(known).toMatchObject({ isArchived: true })
  await settle()
  expect(stage.simulator.slack.calls.filter(({ method }) => method === 'conversations.unarchive')).toEqual([])
})

story('what goes on in channels that are not ours is never kept', async ({ slack, stage, settle }) => {
  const ana = slack.person('ana')
  const id = await ana.hands.channels.create('lunch')
  await ana.hands.channels.invite(id, 'tocsin')
  const message = await ana.say('#lunch', 'soup or salad?')
  await slack.person('ben').joinChannel('#lunch')
  await slack.person('ben').react(message, 'pushpin')
  await ana.hands.channels.rename(id, 'lunch-today')
  await settle()

  const kept = await rows<{ body: string }>(stage.app.database.db, sql`select body from inbox`)
  expect(kept.filter(({ body }) => body.includes(id))).toEqual([])
})
