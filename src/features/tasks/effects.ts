/** What the world hears about tasks. Each has one message in the incident's channel, edited in place. */
import type { Given } from '../../core/decision.ts'
import type { Effect, Instant } from '../../core/effects.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { isOver, placeFor, putOnCard, sayAbout } from '../incidents/index.ts'
import { type Board, type Event, find, type Task } from './domain.ts'
import type { Rules } from './rules.ts'
import { cardFacts, label, taskMessage, whereWords } from './views.ts'

export function effects(board: Board, event: Event, given: Given<Rules>): readonly Effect[] {
  const { policy, now } = given
  switch (event.type) {
    case 'tasks.followed':
      return []
    case 'task.added':
      return [
        ...showTask(board, event.number, policy),
        ...remindLater(board, event.number, policy),
        onCard(board, now),
        ...tellNewOwner(board, { ...event, before: null }, policy),
      ]
    case 'task.finished':
      return [
        ...showTask(board, event.number, policy),
        { kind: 'timer.cancel', key: dueTimer(board, event.number) },
        onCard(board, now),
      ]
    case 'task.changed':
      return [
        ...showTask(board, event.number, policy),
        ...remindLater(board, event.number, policy),
        onCard(board, now),
        ...tellNewOwner(board, { ...event, before: event.from.owner }, policy),
      ]
    case 'task.reminded':
      return [
        ...showTask(board, event.number, policy),
        ...remind(board, event, policy),
        ...remindLater(board, event.number, policy),
        onCard(board, now),
      ]
    case 'tasks.ownerLeft':
      return [
        ...event.numbers.flatMap((number) => showTask(board, number, policy)),
        ...sayOwnerLeft(board, event, policy),
        onCard(board, now),
      ]
    case 'tasks.leftForLater':
      return [
        ...event.numbers.flatMap((number) => showTask(board, number, policy)),
        ...sayHowMany(board, 'tasks/left-for-later', event.numbers.length, policy),
        onCard(board, now),
      ]
    case 'tasks.takenUpAgain':
      return [
        ...event.numbers.flatMap((number) => [
          ...showTask(board, number, policy),
          ...remindLater(board, number, policy),
        ]),
        ...sayHowMany(board, 'tasks/taken-up-again', event.numbers.length, policy),
        onCard(board, now),
      ]
    default:
      return unreachable(event)
  }
}

function onCard(board: Board, now: Date): Effect {
  return putOnCard(board.incident, 'tasks', cardFacts(board, now))
}

function showTask(board: Board, number: number, { announceIn }: Rules): Effect[] {
  const task = find(board, number)
  const place = placeFor(board.incident, board.about, announceIn)
  if (!task || place === null) return []
  const name = `tasks/${board.incident}/task-${number}` as const
  const message = taskMessage(board.incident, task, place.sign)
  return [{ kind: 'slack.show', name, to: place.to, message, priority: 'chatter' }]
}

/** Set, moved or cancelled: whatever fits how the task stands now. */
function remindLater(board: Board, number: number, { remindAfter }: Rules): Effect[] {
  const task = find(board, number)
  const key = dueTimer(board, number)
  const after = remindAfter[task?.remindedCount ?? 0]
  if (task?.status !== 'open' || task.dueAt === null || after === undefined) return [{ kind: 'timer.cancel', key }]
  const at = new Date(Date.parse(task.dueAt) + after).toISOString()
  const fire = { feature: 'tasks', id: board.incident, command: { type: 'task.remind', number } }
  return [{ kind: 'timer.set', key, at, fire }]
}

function dueTimer({ incident }: Board, number: number): string {
  return `tasks/${incident}/${number}/due`
}

function remind(
  board: Board,
  { number, time, of }: { number: number; time: number; of: number },
  rules: Rules,
): Effect[] {
  const task = find(board, number)
  if (!task) return []
  return tell(
    board,
    task,
    rules.templates.render('tasks/due', 'slack', { ...words(board, task), isLast: time >= of }),
    rules,
  )
}

/** They may not be in the channel yet, where a mention would not reach them. */
function tellNewOwner(
  board: Board,
  { number, before, by }: { number: number; before: string | null; by: string | null },
  rules: Rules,
): Effect[] {
  const task = find(board, number)
  if (task?.status !== 'open' || task.owner === null || task.owner === before || task.owner === by) return []
  const data = { ...words(board, task), by: new Markup(by === null ? 'Tocsin' : mention(by)) }
  return tell(board, task, rules.templates.render('tasks/given', 'slack', data), rules)
}

/** To its owner directly. Of a private incident nothing is said outside its channel, and without an owner all are asked. */
function tell({ incident, about }: Board, { owner }: Task, text: string, { announceIn }: Rules): Effect[] {
  if (owner !== null && !about.isPrivate) return [{ kind: 'slack.say', to: `@${owner}`, message: { text } }]
  const asked = owner === null ? text : `${mention(owner)} ${text}`
  return sayAbout(incident, about, { announceIn, message: { text: asked } })
}

function words(board: Board, task: Task): { [name: string]: string | number | boolean | Markup } {
  return {
    number: task.number,
    label: label(task),
    text: task.text,
    due: task.dueAt ?? ('' satisfies Instant),
    where: new Markup(whereWords(board.incident, board.about)),
    hasOwner: task.owner !== null,
  }
}

/** In the channel; after the end hardly anybody reads there, so whoever wrote it down is told. */
function sayOwnerLeft(
  board: Board,
  { person, numbers }: Extract<Event, { type: 'tasks.ownerLeft' }>,
  { announceIn, templates }: Rules,
): Effect[] {
  const { incident, about } = board
  const theirs = numbers.flatMap((number) => find(board, number) ?? [])
  const data = { person: new Markup(mention(person)), where: new Markup(whereWords(incident, about)) }
  const words = (tasks: readonly Task[]) => {
    const lines = tasks.map((task) => ({ label: label(task), text: shorten(task.text, 100) }))
    return { text: templates.render('tasks/owner-left', 'slack', { ...data, lines, isOver: isOver(about) }) }
  }
  if (!isOver(about)) return sayAbout(incident, about, { announceIn, message: words(theirs) })
  if (about.isPrivate) return []
  const byAuthor = Map.groupBy(theirs, ({ createdBy }) => createdBy)
  return [...byAuthor].flatMap(([author, tasks]): Effect[] =>
    author === null || author === person ? [] : [{ kind: 'slack.say', to: `@${author}`, message: words(tasks) }],
  )
}

function sayHowMany({ incident, about }: Board, template: string, n: number, rules: Rules): Effect[] {
  const text = rules.templates.render(template, 'slack', { n })
  return sayAbout(incident, about, { announceIn: rules.announceIn, message: { text } })
}
