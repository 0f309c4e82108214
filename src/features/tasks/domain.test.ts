import { describe, expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import type { About } from '../incidents/index.ts'
import { type Board, type Command, decide, type Event, evolve, type Policy } from './domain.ts'

const noon = new Date('2026-03-02T12:00:00.000Z')
const minutes = (n: number) => new Date(noon.getTime() + n * 60_000)
const policy: Policy = { remindAfter: [0, 15 * 60_000, 60 * 60_000] }
const ana: Actor = { kind: 'person', id: 'U_ANA' }
const timer: Actor = { kind: 'timer', key: 'k', lateSeconds: 0 }
const about: About = {
  title: 'Checkout is down',
  severity: 'P2',
  status: 'investigating',
  lead: null,
  communications: null,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: 'C1',
  declaredAt: '2026-03-02T12:00:00.000Z',
}
const followed: Event = { type: 'tasks.followed', incident: '42', about }
const added = (number: number, more: Partial<Extract<Event, { type: 'task.added' }>> = {}): Event => ({
  type: 'task.added',
  incident: '42',
  number,
  kind: 'task',
  text: 'check the replica',
  owner: null,
  dueAt: null,
  source: null,
  by: 'U_ANA',
  at: noon.toISOString(),
  ...more,
})

function given(...events: Event[]) {
  const state = events.reduce<Board | null>(evolve, null)
  return {
    when: (command: Command, { actor = ana, now = noon }: { actor?: Actor; now?: Date } = {}) =>
      decide(state, command, { id: '42', now, actor, policy }),
  }
}
const add = (more: Partial<Extract<Command, { type: 'task.add' }>> = {}): Command => ({
  type: 'task.add',
  kind: 'task',
  text: 'check the replica',
  owner: null,
  dueAt: null,
  ...more,
})

describe('writing down', () => {
  test('a task counts on from the last, done or not', () => {
    expect(given(followed, added(1)).when(add())).toMatchObject([{ number: 2, owner: null, by: 'U_ANA' }])
  })
  test('a follow-up belongs to whoever wrote it, unless somebody is named', () => {
    expect(given(followed).when(add({ kind: 'follow-up' }))).toMatchObject([{ owner: 'U_ANA' }])
    expect(given(followed).when(add({ kind: 'follow-up', owner: 'U_BEN' }))).toMatchObject([{ owner: 'U_BEN' }])
  })
  test('the same message makes one task, however many react', () => {
    const source = { channelId: 'C1', ts: '1.2', permalink: null }
    expect(given(followed, added(1, { source })).when(add({ source }))).toEqual({
      refused: 'already-a-task',
      details: { number: 1 },
    })
    expect(given(followed, added(1, { source })).when(add({ source, kind: 'follow-up' }))).toMatchObject([
      { number: 2 },
    ])
  })
  test('nothing but spaces, far too much, and a moment that is gone are refused', () => {
    expect(given(followed).when(add({ text: ' ' }))).toEqual({ refused: 'text-missing' })
    expect(given(followed).when(add({ text: 'x'.repeat(3_000) }))).toMatchObject({ refused: 'too-long' })
    expect(given(followed).when(add({ dueAt: noon.toISOString() }))).toEqual({ refused: 'due-in-the-past' })
  })
  test('a script that went wild is stopped at 500', () => {
    const many = Array.from({ length: 500 }, (_, index) => added(index + 1))
    expect(given(followed, ...many).when(add())).toMatchObject({ refused: 'too-many' })
  })
  test('on an incident that was never declared is refused', () => {
    expect(given().when(add())).toEqual({ refused: 'no-such-incident' })
  })
})

describe('finishing', () => {
  test('twice says that it is done already', () => {
    const done: Event = {
      type: 'task.finished',
      incident: '42',
      number: 1,
      text: 'x',
      by: null,
      at: noon.toISOString(),
    }
    expect(given(followed, added(1)).when({ type: 'task.finish', number: 1 })).toMatchObject([
      { number: 1, by: 'U_ANA' },
    ])
    expect(given(followed, added(1), done).when({ type: 'task.finish', number: 1 })).toMatchObject({
      refused: 'already-done',
    })
  })
  test('a number that is none says which there are', () => {
    expect(given(followed, added(1)).when({ type: 'task.finish', number: 7 })).toEqual({
      refused: 'no-such-task',
      details: { number: 7, last: 1, incident: '42' },
    })
  })
})

describe('changing', () => {
  const dueAt = minutes(30).toISOString()
  const wish = { kind: 'task' as const, text: 'check the replica', owner: null, dueAt, status: 'open' as const }

  test('nothing is no event', () => {
    expect(given(followed, added(1, { dueAt })).when({ type: 'task.change', number: 1, wish })).toEqual([])
  })
  test('what was due already may stay so while the rest changes', () => {
    const late = { now: minutes(60) }
    const command: Command = { type: 'task.change', number: 1, wish: { ...wish, owner: 'U_BEN' } }
    expect(given(followed, added(1, { dueAt })).when(command, late)).toMatchObject([{ to: { owner: 'U_BEN' } }])
  })
  test('another moment brings reminders of its own', () => {
    const reminded: Event = { type: 'task.reminded', incident: '42', number: 1, time: 3, of: 3, at: dueAt }
    const moved: Event = {
      type: 'task.changed',
      incident: '42',
      number: 1,
      from: wish,
      to: { ...wish, dueAt: minutes(90).toISOString() },
      by: null,
      at: dueAt,
    }
    const remind: Command = { type: 'task.remind', number: 1 }
    expect(given(followed, added(1, { dueAt }), reminded).when(remind, { now: minutes(90), actor: timer })).toEqual([])
    expect(
      given(followed, added(1, { dueAt }), reminded, moved).when(remind, { now: minutes(90), actor: timer }),
    ).toMatchObject([{ time: 1 }])
  })
})

describe('reminding', () => {
  const due = added(1, { dueAt: noon.toISOString() })
  const remind: Command = { type: 'task.remind', number: 1 }

  test('asks once for all the moments that went by while nobody ran', () => {
    expect(given(followed, due).when(remind, { now: minutes(20), actor: timer })).toMatchObject([{ time: 2, of: 3 }])
  })
  test('says nothing of what is done, and of a task once the incident is over', () => {
    const done: Event = {
      type: 'task.finished',
      incident: '42',
      number: 1,
      text: 'x',
      by: null,
      at: noon.toISOString(),
    }
    const over: Event = { ...followed, about: { ...about, status: 'merged' } }
    expect(given(followed, due, done).when(remind, { actor: timer })).toEqual([])
    expect(given(followed, due, over).when(remind, { actor: timer })).toEqual([])
  })
})

describe('when the incident is over', () => {
  const resolve: Command = { type: 'tasks.follow', about: { ...about, status: 'resolved' } }

  test('what is not done is left for later, and follow-ups stay as they are', () => {
    const events = [followed, added(1), added(2, { kind: 'follow-up' })]
    expect(given(...events).when(resolve)).toMatchObject([{ type: 'tasks.followed' }, { numbers: [1] }])
  })
  test('one that was merged may come back, with its tasks as they were', () => {
    const merge: Command = { type: 'tasks.follow', about: { ...about, status: 'merged' } }
    expect(given(followed, added(1)).when(merge)).toMatchObject([{ type: 'tasks.followed' }])
  })
})
