/** Work during an incident: written down, done, reminded of, left for later. */
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Db } from '../../src/core/db.ts'
import { type ChannelEye, type Play, type SeenMessage, story } from '../support/story.ts'

const channel = '#inc-1-search-is-slow-today'

/** An incident that runs, and its card. */
async function declared({ slack }: Pick<Play, 'slack'>): Promise<{ room: ChannelEye; card: SeenMessage }> {
  const ana = slack.person('ana')
  await ana.type('#general', '/inc search is slow today')
  await ana.expectTold('INC-1')
  await slack.channel('#incidents').expectMessage('INC-1')
  const room = slack.channel(channel)
  const card = await room.expectMessage('INC-1')
  await ana.type(channel, '/inc lead')
  await ana.expectTold('You lead INC-1')
  await room.expectMessage('@ana leads')
  return { room, card }
}

story(
  'a task has one message, its owner and its time; «Done» closes it, and the card counts what is open',
  async ({ slack, settle }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const { room, card } = await declared({ slack })

    await ana.type(channel, '/inc task check the replica @ben in 30m')

    const task = await room.expectMessage('Task 1', 'check the replica', '@ben', 'due')
    await ben.expectTold('@ana gave you Task 1: check the replica', 'INC-1')
    await card.expectEdit('1 task open')
    await ben.click(task, 'Done')
    await task.expectEdit('Task 1', 'done by @ben')
    await settle()
    expect(card.shows()).not.toContain('1 task open')

    await ana.type(channel, '/inc done 1')
    await ana.expectTold('Number 1 is done already')
    await ana.type(channel, '/inc done 7')
    await ana.expectTold('There is no task 7 on INC-1', 'They go from 1 to 1')
    await ana.type(channel, '/inc done three')
    await ana.expectTold('is no number', '/inc done 3')
  },
)

story(
  'whoever has a task is reminded when it is due, three times and then no more, and the card shows it overdue',
  async ({ slack, clock, settle }) => {
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const { room, card } = await declared({ slack })
    await ana.type(channel, '/inc task check the replica @ben in 30m')
    const task = await room.expectMessage('Task 1')
    await ben.expectTold('@ana gave you Task 1')

    await clock.advance('30m')
    await ben.expectTold('Task 1 was due', 'check the replica', 'INC-1')
    await card.expectEdit('1 overdue', 'Task 1: check the replica', '@ben')
    await task.expectEdit('was due')
    await clock.advance('15m')
    await ben.expectTold('Task 1 was due')
    await clock.advance('45m')
    await ben.expectTold('Task 1 was due', 'I will not ask again')
    await clock.advance('5h')

    await ana.type(channel, '/inc done #1')
    await ana.expectTold('INC-1: 1 task open')
    await ana.type(channel, '/inc done 1')
    await task.expectEdit('done by @ana')
    await settle()
    expect(card.shows()).not.toContain('overdue')
  },
)

story('«Add task» on the card opens a form, and «Change» changes everything about a task', async ({ slack }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  const { room, card } = await declared({ slack })

  await ana.click(card, 'Add task')
  await ana.expectModal('Add a task')
  await ana.submit({ 'What is to be done?': 'call the provider' })
  const task = await room.expectMessage('Task 1', 'call the provider', 'nobody yet')

  await ana.click(task, 'Change')
  await ana.expectModal('Change a task')
  await ana.submit({ 'What is to be done?': 'call the other provider', 'Who does it?': ben.id, 'Until when?': '60' })
  await task.expectEdit('call the other provider', '@ben', 'due')
  await ben.expectTold('@ana gave you Task 1', 'call the other provider')

  await ana.click(task, 'Change')
  await ana.expectModal('Change a task')
  await ana.submit({ 'How does it stand?': 'dropped' })
  await task.expectEdit('not needed any more by @ana')
})

story(
  'resolving asks about what is not done; that is left for later as a follow-up, and is a task again when it is reopened',
  async ({ slack }) => {
    const ana = slack.person('ana')
    const { room, card } = await declared({ slack })
    await ana.type(channel, '/inc task check the replica')
    const task = await room.expectMessage('Task 1')
    await ana.type(channel, '/inc followup add an alert for the lag')
    const later = await room.expectMessage('Follow-up 2', 'add an alert', '@ana')

    await ana.click(card, 'Resolve')
    const form = await ana.expectModal('Resolve')
    expect(JSON.stringify(form)).toContain('1 task is not done and becomes a follow-up: 1 (check the replica)')
    await ana.submit({ 'What ended it?': 'restarted' })

    await room.expectMessage('Resolved by @ana')
    await room.expectMessage('1 task was not done, and left for later')
    await task.expectEdit('Follow-up 1', 'check the replica')
    await card.expectEdit('2 follow-ups')
    await ana.type(channel, '/inc reopen it lags again')
    await room.expectMessage('opened this again')
    await room.expectMessage('1 task that was left for later: open again')
    await task.expectEdit('Task 1', 'check the replica')
    await card.expectEdit('1 task open · 1 follow-up')
    await ana.type(channel, '/inc cancel it was a test')
    await room.expectMessage('called this off')
    await room.expectMessage('1 task was not done, and left for later')
    await task.expectEdit('Follow-up 1', 'check the replica')
    await ana.click(later, 'Done')
    await later.expectEdit('Follow-up 2', 'done by @ana')
    await ana.type('#general', '/inc done #1 1')
    await ana.expectTold('Follow-up 1 of INC-1 is done')
    await task.expectEdit('done by @ana')
  },
)

story(
  'two hundred tasks are read ten at a time, and what is mine is one word away',
  async ({ slack, stage, settle }) => {
    const ana = slack.person('ana')
    const { room } = await declared({ slack })
    await settle()
    await ana.type(channel, '/inc task look at shard 0 @ana')
    await room.expectMessage('Task 1')
    await settle()
    await fillBoard(stage.app.database.db, 200)

    await ana.type(channel, '/inc tasks')
    const first = await ana.expectTold('INC-1: 200 tasks open', 'look at shard 0', '1–10 of 200')
    await ana.click(first, 'More')
    const second = await ana.expectTold('11–20 of 200', 'look at shard 10')
    await ana.click(second, 'Back')
    await ana.expectTold('1–10 of 200')
    await ana.type(channel, '/inc tasks mine')
    const mine = await ana.expectTold('INC-1: 1 task open and yours')
    await ana.click(mine, 'Done')
    await ana.expectTold('INC-1: 0 tasks open and yours')
  },
)

story('a message becomes a follow-up through its menu, once', async ({ slack, stage }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await ana.type(channel, 'the lag alert never fired')
  const [said] = stage.simulator.slack.messages(room.id()).slice(-1)

  await ana.hands.shortcut('Add follow-up', said)
  await ana.expectModal('Add a task')
  await ana.submit({})
  await room.expectMessage('Follow-up 1', 'the lag alert never fired', '@ana')

  await ana.hands.shortcut('Add follow-up', said)
  await ana.expectModal('Add a task')
  await ana.submit({})
  await ana.expectTold('That message is number 1 already')
})

story('a message from elsewhere asks which incident it is about; while none is open, says so', async ({ slack }) => {
  const ana = slack.person('ana')
  const general = slack.channel('#general')
  await ana.type('#general', 'the runbook is out of date')
  const said = general.messages().at(-1)

  await ana.hands.shortcut('Add follow-up', said)
  await ana.expectTold('No incident is open that this could belong to')
  const { room } = await declared({ slack })
  await ana.hands.shortcut('Add follow-up', said)
  await ana.expectModal('Add a task')
  await ana.submit({ Incident: '1' })
  await room.expectMessage('Follow-up 1', 'the runbook is out of date')
  await ana.expectTold('Added as number 1 to INC-1')
})

story('a reaction makes a task or a follow-up of a message, once', async ({ slack, stage, settle }) => {
  const [ana, ben] = [slack.person('ana'), slack.person('ben')]
  const { room } = await declared({ slack })
  await ana.type(channel, 'somebody should check the replica')
  const [said] = stage.simulator.slack.messages(room.id()).slice(-1)
  if (!said) throw new Error('nothing was said')

  await ana.hands.react(said, 'ballot_box_with_check')
  const task = await room.expectMessage('Task 1', 'somebody should check the replica', 'nobody yet', 'message')
  await ben.hands.join(room.id())
  await ben.hands.react(said, 'ballot_box_with_check')
  await ana.hands.unreact(said, 'ballot_box_with_check')
  await settle()
  expect(task.shows()).toContain('nobody yet')
  await ana.hands.react(said, 'black_right_pointing_double_triangle_with_vertical_bar')
  await room.expectMessage('Follow-up 2', 'somebody should check the replica', '@ana')
})

story('App Home shows my tasks, and «Done» there is enough', async ({ slack, settle }) => {
  const ana = slack.person('ana')
  const { room } = await declared({ slack })
  await ana.type(channel, '/inc task check the replica @ana')
  const task = await room.expectMessage('Task 1')
  await settle()

  await ana.hands.openHome()
  await settle()
  expect(JSON.stringify(ana.hands.home()?.blocks)).toContain('check the replica')
  await ana.hands.clickInHome('Done')
  await task.expectEdit('done by @ana')
  await ana.expectTold('Task 1 of INC-1 is done')
  await settle()
  expect(JSON.stringify(ana.hands.home()?.blocks)).not.toContain('check the replica')
})

/** Tasks 2 to `last`, as if each had been written down: in the journal and in the table. */
async function fillBoard(db: Db, last: number): Promise<void> {
  const at = '2026-03-02T12:00:00.000Z'
  await db.execute(sql`insert into journal (at, feature, subject, type, event, actor)
    select ${at}::timestamptz, 'tasks', '1', 'task.added', jsonb_build_object('type', 'task.added', 'incident', '1',
      'number', n, 'kind', 'task', 'text', 'look at shard ' || (n - 1), 'owner', null, 'dueAt', null, 'source', null,
      'by', null, 'at', ${at}::text), '{"kind":"tocsin","what":"story"}'::jsonb from generate_series(2, ${last}) n`)
  await db.execute(sql`insert into tasks (incident_id, number, kind, text, created_at, status, reminded_count)
    select '1', n, 'task', 'look at shard ' || (n - 1), ${at}::timestamptz, 'open', 0 from generate_series(2, ${last}) n`)
}
