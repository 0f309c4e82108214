import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type About, isOver } from '../incidents/index.ts'

/**
 *   open ──finish──▶ done
 *    │  ◀──change──┘ │
 *    └────change────▶ dropped
 *
 * A *task* is for now; a *follow-up* is for after the incident. What is not done when the incident is resolved becomes
 * a follow-up: nobody is reminded at night of what can wait now, and nothing is lost.
 */
export interface Task {
  /** What people say: 3 in «/inc done 3». Counted within an incident. */
  number: number
  kind: Kind
  text: string
  owner: string | null
  createdBy: string | null
  createdAt: Instant
  dueAt: Instant | null
  status: Status
  closedBy: string | null
  closedAt: Instant | null
  /** How often its owner was reminded since it was due. */
  remindedCount: number
  source: Source | null
  /** A task that the end of the incident made a follow-up. */
  isLeftForLater: boolean
}

export type Kind = 'task' | 'follow-up'
export type Status = 'open' | 'done' | 'dropped'

/** The message in Slack that it was made from. */
export interface Source {
  channelId: string
  ts: string
  permalink: string | null
}

/** All the work of one incident. */
export interface Board {
  incident: string
  about: About
  /** By number, without a gap. */
  tasks: readonly Task[]
}

/** What a person may change of a task afterwards. */
export interface Wish {
  kind: Kind
  text: string
  owner: string | null
  dueAt: Instant | null
  status: Status
}

export type Command =
  | { type: 'tasks.follow'; about: About }
  | { type: 'task.add'; kind: Kind; text: string; owner: string | null; dueAt: Instant | null; source?: Source }
  | { type: 'task.finish'; number: number }
  | { type: 'task.change'; number: number; wish: Wish }
  | { type: 'task.remind'; number: number }
  /** Their account is deactivated. */
  | { type: 'tasks.partWith'; person: string }

export type Event =
  | { type: 'tasks.followed'; incident: string; about: About }
  | ({
      type: 'task.added'
      incident: string
      number: number
      kind: Kind
      text: string
      owner: string | null
      dueAt: Instant | null
      source: Source | null
    } & Signed)
  | ({ type: 'task.finished'; incident: string; number: number; text: string } & Signed)
  | ({ type: 'task.changed'; incident: string; number: number; from: Wish; to: Wish } & Signed)
  | { type: 'task.reminded'; incident: string; number: number; time: number; of: number; at: Instant }
  /** They are in the workspace no more, and nobody has these now. */
  | { type: 'tasks.ownerLeft'; incident: string; person: string; numbers: readonly number[]; at: Instant }
  | { type: 'tasks.leftForLater'; incident: string; numbers: readonly number[]; at: Instant }
  /** The incident is not over after all. */
  | { type: 'tasks.takenUpAgain'; incident: string; numbers: readonly number[]; at: Instant }

interface Signed {
  by: string | null
  at: Instant
}

export type Refused =
  | 'no-such-incident'
  | 'nothing-open'
  | 'no-such-task'
  | 'text-missing'
  | 'too-long'
  | 'too-many'
  | 'already-a-task'
  | 'already-done'
  | 'due-in-the-past'

export interface Policy {
  /** Milliseconds after it was due at which its owner is reminded; then no more. */
  remindAfter: readonly number[]
}

export const textMax = 500
/** More than anybody can work on; it keeps a script that went wild from making the board unreadable. */
const tasksMax = 500

export function decide(board: Board | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'tasks.follow') return follow(board, command.about, given)
  if (!board) return { refused: 'no-such-incident' }

  switch (command.type) {
    case 'task.add':
      return add(board, command, given)
    case 'task.finish': {
      const task = find(board, command.number)
      if (!task) return noSuchTask(board, command.number)
      if (task.status === 'done') return { refused: 'already-done', details: { number: task.number } }
      return [{ type: 'task.finished', ...about(board, task), text: task.text, ...signed(given) }]
    }
    case 'task.change':
      return change(board, command, given)
    case 'task.remind':
      return remind(board, command.number, given)
    case 'tasks.partWith': {
      const theirs = board.tasks.filter(({ status, owner }) => status === 'open' && owner === command.person)
      const numbers = theirs.map(({ number }) => number)
      const { incident } = board
      if (numbers.length === 0) return []
      return [{ type: 'tasks.ownerLeft', incident, person: command.person, numbers, at: given.now.toISOString() }]
    }
    default:
      return unreachable(command)
  }
}

function follow(board: Board | null, about: About, { id, now }: Given<Policy>): Event[] {
  if (board && canonical(board.about) === canonical(about)) return []
  const followed: Event = { type: 'tasks.followed', incident: id, about }
  const at = now.toISOString()
  // A merged one may come back within the hour, with its tasks as they were.
  const isLeft = isOver(about) && about.status !== 'merged'
  const left = isLeft ? openTasks(board).map((task) => task.number) : []
  if (left.length > 0) return [followed, { type: 'tasks.leftForLater', incident: id, numbers: left, at }]
  const taken = isOver(about) ? [] : (board?.tasks ?? []).filter(waitsForReopening).map((task) => task.number)
  return taken.length === 0 ? [followed] : [followed, { type: 'tasks.takenUpAgain', incident: id, numbers: taken, at }]
}

function waitsForReopening({ status, kind, isLeftForLater }: Task): boolean {
  return status === 'open' && kind === 'follow-up' && isLeftForLater
}

function add(
  board: Board,
  { kind, text, owner, dueAt, source }: Extract<Command, { type: 'task.add' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const twin = source && board.tasks.find((task) => task.kind === kind && isFrom(task, source))
  if (twin) return { refused: 'already-a-task', details: { number: twin.number } }
  if (board.tasks.length >= tasksMax) return { refused: 'too-many', details: { max: tasksMax } }
  const refusal = refusalOf({ text, dueAt }, given)
  if (refusal) return refusal
  const number = board.tasks.length + 1
  const by = signed(given)
  // A follow-up that nobody owns is forgotten: whoever wrote it down keeps it until somebody takes it.
  const ownedBy = owner ?? (kind === 'follow-up' ? by.by : null)
  const task = { number, kind, text, owner: ownedBy, dueAt, source: source ?? null }
  return [{ type: 'task.added', incident: board.incident, ...task, ...by }]
}

function change(
  board: Board,
  { number, wish: to }: Extract<Command, { type: 'task.change' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const task = find(board, number)
  if (!task) return noSuchTask(board, number)
  const from = wishOf(task)
  if (canonical(from) === canonical(to)) return []
  // What was due already may stay so; only a new moment must lie ahead.
  const refusal = refusalOf({ text: to.text, dueAt: to.dueAt === from.dueAt ? null : to.dueAt }, given)
  if (refusal) return refusal
  return [{ type: 'task.changed', ...about(board, task), from, to, ...signed(given) }]
}

function remind(board: Board, number: number, { now, policy }: Given<Policy>): Event[] {
  const task = find(board, number)
  // The timer may fire just after it was done, or moved. Saying nothing is then the right answer.
  if (task?.status !== 'open' || task.dueAt === null) return []
  if (task.kind === 'task' && isOver(board.about)) return []
  const sinceDue = now.getTime() - Date.parse(task.dueAt)
  // Of several moments that went by while nobody ran, the last one counts.
  const time = policy.remindAfter.filter((after) => after <= sinceDue).length
  if (time <= task.remindedCount) return []
  const of = policy.remindAfter.length
  return [{ type: 'task.reminded', ...about(board, task), time, of, at: now.toISOString() }]
}

function refusalOf({ text, dueAt }: { text: string; dueAt: Instant | null }, { now }: Given<Policy>) {
  if (text.trim() === '') return { refused: 'text-missing' } as const
  if (text.length > textMax) return { refused: 'too-long', details: { max: textMax } } as const
  if (dueAt !== null && Date.parse(dueAt) <= now.getTime()) return { refused: 'due-in-the-past' } as const
  return null
}

function noSuchTask(board: Board, number: number) {
  return { refused: 'no-such-task', details: { number, last: board.tasks.length, incident: board.incident } } as const
}

export function find(board: Board, number: number): Task | undefined {
  return board.tasks[number - 1]
}

export function openTasks(board: Board | null): readonly Task[] {
  return board?.tasks.filter((task) => task.status === 'open' && task.kind === 'task') ?? []
}

export function isOverdue(task: Task, now: Date): boolean {
  return task.status === 'open' && task.dueAt !== null && Date.parse(task.dueAt) <= now.getTime()
}

export function wishOf({ kind, text, owner, dueAt, status }: Task): Wish {
  return { kind, text, owner, dueAt, status }
}

function isFrom({ source }: Task, { channelId, ts }: Source): boolean {
  return source !== null && source.channelId === channelId && source.ts === ts
}

function about({ incident }: Board, { number }: Task) {
  return { incident, number }
}

function signed({ actor, now }: Given<Policy>): Signed {
  return { by: actor.kind === 'person' ? actor.id : null, at: now.toISOString() }
}

export function evolve(board: Board | null, event: Event): Board {
  if (event.type === 'tasks.followed') {
    return { incident: event.incident, about: event.about, tasks: board?.tasks ?? [] }
  }
  if (!board) throw new Error(`${event.type} before tasks.followed`)

  switch (event.type) {
    case 'task.added':
      return { ...board, tasks: [...board.tasks, added(event)] }
    case 'task.finished':
      return withTask(board, event.number, { status: 'done', closedBy: event.by, closedAt: event.at })
    case 'task.changed':
      return withTask(board, event.number, { ...event.to, ...closing(event), ...freshReminders(event) })
    case 'task.reminded':
      return withTask(board, event.number, { remindedCount: event.time })
    case 'tasks.ownerLeft':
      return withTasks(board, event.numbers, { owner: null })
    case 'tasks.leftForLater':
      return withTasks(board, event.numbers, { kind: 'follow-up', isLeftForLater: true })
    case 'tasks.takenUpAgain':
      return withTasks(board, event.numbers, { kind: 'task', isLeftForLater: false })
    default:
      return unreachable(event)
  }
}

function added({ number, kind, text, owner, dueAt, source, by, at }: Extract<Event, { type: 'task.added' }>): Task {
  return {
    number,
    kind,
    text,
    owner,
    createdBy: by,
    createdAt: at,
    dueAt,
    status: 'open',
    closedBy: null,
    closedAt: null,
    remindedCount: 0,
    source,
    isLeftForLater: false,
  }
}

function closing({ from, to, by, at }: Extract<Event, { type: 'task.changed' }>): Partial<Task> {
  if (from.status === to.status) return {}
  return to.status === 'open' ? { closedBy: null, closedAt: null } : { closedBy: by, closedAt: at }
}

/** Another moment is another promise, with reminders of its own. */
function freshReminders({ from, to }: Extract<Event, { type: 'task.changed' }>): Partial<Task> {
  return from.dueAt === to.dueAt ? {} : { remindedCount: 0 }
}

function withTask(board: Board, number: number, change: Partial<Task>): Board {
  return withTasks(board, [number], change)
}

function withTasks(board: Board, numbers: readonly number[], change: Partial<Task>): Board {
  const meant = new Set(numbers)
  return { ...board, tasks: board.tasks.map((task) => (meant.has(task.number) ? { ...task, ...change } : task)) }
}
