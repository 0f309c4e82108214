/** What happened, in order: of itself, and by what people note. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Db } from '../../src/core/db.ts'
import type { SlackMessage } from '../../src/simulator/types.ts'
import { type ChannelEye, type Play, type SeenMessage, story } from '../support/story.ts'

const channel = '#inc-1-search-is-slow-today'

/** An incident that runs and is led, and its card. */
async function declared({ slack }: Pick<Play, 'slack'>): Promise<{ room: ChannelEye; card: SeenMessage }> {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel(channel)
  const card = await room.expectMessage('INC-1')
  await ana.click(card, 'Take lead')
  await room.expectMessage('@ana leads')
  return { room, card }
}

story(
  'the timeline shows what happened of itself and what was noted, and a note is for everybody in the channel',
  async ({ slack, clock }) => {
    const ana = slack.person('ana')
    const { room } = await declared({ slack })
    await clock.advance('1m')
    await ana.type(channel, '/inc note rolled back to “v141” <!channel>')
    const note = await room.expectMessage('@ana: rolled back to “v141”')
    expect(note.now().text).toContain('&lt;!channel&gt;')
    await clock.advance('1m')
    await ana.type(channel, '/inc sev p2')
    await room.expectMessage('Severity P3 → P2')

    await ana.type(channel, '/inc timeline')
    const page = await ana.expectTold(
      'INC-1 timeline',
      'Declared as P3 by @ana',
      '@ana leads',
      'Severity P3 → P2 by @ana',
    )
    const lines = page.shows()
    expect(lines.indexOf('Declared as')).toBeLessThan(lines.indexOf('rolled back'))
    expect(lines.indexOf('rolled back')).toBeLessThan(lines.indexOf('Severity P3'))
  },
)

story('without words, a form asks; from elsewhere, the asker hears where it went', async ({ slack }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })

  await ana.type(channel, '/inc note')
  await ana.expectModal('Add to the timeline')
  await ana.submit({ 'What happened?': 'the database is fine' })
  await room.expectMessage('@ana: the database is fine')

  await ana.type('#general', '/inc note #1 so is the cache')
  await room.expectMessage('@ana: so is the cache')
  await ana.expectTold('Noted on INC-1')
  await ana.type('#general', '/inc note #7 nothing')
  await ana.expectTold('There is no incident of that number')
})

story('what was noted wrongly is corrected, and says so; what does not belong is removed', async ({ slack, clock }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await ana.type(channel, '/inc note restarted db-3')
  await room.expectMessage('restarted db-3')
  await clock.advance('1m')
  await ana.type(channel, '/inc timeline')
  const page = await ana.expectTold('restarted db-3')

  await ana.choose(page, 'Correct one…', 'Ana Ferreira: restarted db-3')
  await ana.expectModal('Correct the timeline')
  await ana.submit({ 'What happened?': 'restarted db-4' })
  await ana.expectTold('Corrected. What it said before is kept')
  await ana.type(channel, '/inc timeline')
  const corrected = await ana.expectTold('restarted db-4', 'corrected')
  await ana.choose(corrected, 'Correct one…', 'Ana Ferreira: restarted db-4')
  const form = await ana.expectModal('Correct the timeline')
  expect(JSON.stringify(form)).toContain('restarted db-3')
  await ana.submit({ 'Does it belong here?': 'remove' })
  await ana.expectTold('Removed from the timeline')
  await ana.type(channel, '/inc timeline')
  const without = await ana.expectTold('INC-1 timeline', 'Declared as')
  expect(without.shows()).not.toContain('restarted')
})

story('a message is kept through its menu: once, with its author and its own time', async ({ slack, stage, clock }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  const { room } = await declared({ slack })
  await ben.hands.join(room.id())
  await ben.type(channel, 'error rate halves')
  const [said] = stage.simulator.slack.messages(room.id()).slice(-1)
  await clock.advance('10m')

  await ana.hands.shortcut('Add to timeline', said)
  await ana.expectTold('In the timeline of INC-1')
  await ana.hands.shortcut('Add to timeline', said)
  await ana.expectTold('That message is in the timeline already')
  await ana.type(channel, '/inc note ten minutes later')
  await room.expectMessage('ten minutes later')
  await ana.type(channel, '/inc timeline')
  const page = await ana.expectTold('@ben: error rate halves', 'ten minutes later')
  expect(page.shows().indexOf('error rate halves')).toBeLessThan(page.shows().indexOf('ten minutes later'))
})

story('a message from elsewhere asks which incident it is about', async ({ slack, stage }) => {
  const ana = slack.person('ana')
  await declared({ slack })
  await ana.type('#general', 'clients write that search is slow')
  const [said] = stage.simulator.slack.messages(slack.channel('#general').id()).slice(-1)

  await ana.hands.shortcut('Add to timeline', said)
  await ana.expectModal('Add to the timeline')
  await ana.submit({})
  await ana.expectTold('In the timeline of INC-1')
  await ana.type(channel, '/inc timeline')
  await ana.expectTold('@ana: clients write that search is slow')
})

story(
  'a reaction keeps a message, also in a thread: once however many react, until the last takes it back',
  async ({ slack, stage, settle }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const { room } = await declared({ slack })
    await ben.hands.join(room.id())
    await ben.type(channel, 'what do the graphs say?')
    const [question] = stage.simulator.slack.messages(room.id()).slice(-1)
    await ben.hands.type(room.id(), 'error rate halves', question?.ts)
    const reply = said(room, 'error rate halves')

    await ana.hands.react(reply, 'pushpin')
    await ben.hands.react(reply, 'pushpin')
    await ana.hands.react(reply, 'eyes')
    await settle()
    await ana.type(channel, '/inc timeline')
    const page = await ana.expectTold('@ben: error rate halves', 'message')
    expect(page.shows().split('error rate halves')).toHaveLength(3)

    await ana.hands.unreact(reply, 'pushpin')
    await settle()
    expect(said(room, 'error rate halves').reactions.find(({ name }) => name === 'pushpin')?.users).toHaveLength(2)
    await ben.hands.unreact(reply, 'pushpin')
    await settle()
    expect(said(room, 'error rate halves').reactions.find(({ name }) => name === 'pushpin')).toBeUndefined()
    await ana.type(channel, '/inc timeline')
    const without = await ana.expectTold('INC-1 timeline', 'Declared as')
    expect(without.shows()).not.toContain('error rate halves')
  },
)

story('an edit is followed, with what stood there before; a deletion hides the words', async ({ slack, settle }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await ana.type(channel, 'error rate halves')
  await ana.hands.react(said(room, 'error rate halves'), 'pushpin')
  await settle()

  await ana.editMessage(said(room, 'error rate halves'), 'error rate doubles')
  await settle()
  await ana.type(channel, '/inc timeline')
  const page = await ana.expectTold('@ana: error rate doubles', 'corrected')
  await ana.choose(page, 'Correct one…', 'Ana Ferreira: error rate doubles')
  expect(JSON.stringify(await ana.expectModal('Correct the timeline'))).toContain('error rate halves')

  await ana.deleteMessage(said(room, 'error rate doubles'))
  await settle()
  await ana.type(channel, '/inc timeline')
  const after = await ana.expectTold('@ana: deleted in Slack by its author')
  expect(after.shows()).not.toContain('error rate')
})

story('what a guest writes can be kept by a member', async ({ slack }) => {
  const [ana, gus] = [slack.person('ana'), slack.person('gus')]
  await declared({ slack })
  await gus.type('#general', 'our side looks fine')

  await ana.hands.shortcut('Add to timeline', said(slack.channel('#general'), 'our side looks fine'))
  await ana.expectModal('Add to the timeline')
  await ana.submit({})
  await ana.expectTold('In the timeline of INC-1')
  await ana.type(channel, '/inc timeline')
  await ana.expectTold('@gus: our side looks fine')
})

story('the export comes as a file, to whoever asked', async ({ slack, stage, settle }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await ana.type(channel, '/inc note rolled back to v141')
  await room.expectMessage('rolled back to v141')

  await ana.type(channel, '/inc timeline export')
  await ana.expectTold('inc-1-timeline.md comes as a direct message')
  await ana.expectTold('INC-1 timeline, 3 lines')
  await ana.type(channel, '/inc timeline json')
  await ana.expectTold('inc-1-timeline.json comes as a direct message')
  await ana.expectTold('INC-1 timeline, 3 lines')
  await settle()
  const uploads = stage.simulator.slack.calls.filter((call) => call.method === 'files.completeUploadExternal')
  expect(uploads).toHaveLength(2)
})

story('a thousand lines are read twelve at a time, older and newer', async ({ slack, stage, settle }) => {
  const ana = slack.person('ana')
  await declared({ slack })
  await settle()
  await fillTimeline(stage.app.database.db, 1_000)

  await ana.type(channel, '/inc timeline')
  const newest = await ana.expectTold('INC-1 timeline', 'step 1.')
  expect(newest.shows()).not.toContain('Newer')
  await ana.click(newest, 'Older')
  const older = await ana.expectTold('INC-1 timeline', 'step 11.', 'step 22.', 'Newer')
  expect(older.shows()).not.toContain('step 10.')
  await ana.click(older, 'Newer')
  const back = await ana.expectTold('INC-1 timeline', 'step 10.', 'Declared as')
  expect(back.shows()).not.toContain('step 11.')
})

/** The newest message there with these words, as it is now. */
function said(room: ChannelEye, words: string): SlackMessage {
  const found = room.messages().findLast((message) => message.text.includes(words))
  if (!found) throw new Error(`nobody said ${words}`)
  return found
}

/** Notes of the seconds before the declaration, as if each had been written down: in the journal and in the table. */
async function fillTimeline(db: Db, count: number): Promise<void> {
  const at = sql`to_char((select declared_at from incidents where id = 1) - n * interval '1 second' , 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  await db.execute(sql`set time zone 'UTC'`)
  await db.execute(sql`insert into journal (at, feature, subject, type, event, actor)
    select ${at}::timestamptz, 'timeline', 'n' || (1000000 + n), 'timeline.noted', jsonb_build_object('type', 'timeline.noted',
      'id', 'n' || (1000000 + n), 'incident', '1', 'text', 'step ' || n || '.', 'author', jsonb_build_object('id', null, 'name', 'Ana'),
      'sayIn', null, 'by', null, 'at', ${at}), '{"kind":"tocsin","what":"story"}'::jsonb from generate_series(1, ${count}) n`)
  await db.execute(sql`insert into timeline_entries (id, incident_id, kind, said_at, author_name, text, files, noted_at, status,
      kept_by_hand, marks, versions)
    select 'n' || (1000000 + n), '1', 'note', ${at}::timestamptz, 'Ana', 'step ' || n || '.', '[]', ${at}::timestamptz, 'kept', true, '{}', '[]'
    from generate_series(1, ${count}) n`)
}
