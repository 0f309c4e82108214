/** How tasks look: each in its channel, all of them in pages, and what of them stands on the card. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button, menu } from '../../core/interactions.ts'
import { actions, context, fitting, section } from '../../lib/blocks.ts'
import { bold, channelLink, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { type About, type Incident, isOver, key } from '../incidents/index.ts'
import { type Board, isOverdue, type Task } from './domain.ts'

const ofTask = z.object({ incident: z.string(), number: z.number() })
export const which = z.enum(['open', 'mine', 'done', 'all'])
export type Which = z.infer<typeof which>

export const addTaskButton = button('tasks.add', z.object({ incident: z.string() }))
export const doneButton = button('tasks.done', ofTask)
export const doneInListButton = button('tasks.doneInList', ofTask.extend({ which, from: z.number() }))
export const doneAtHomeButton = button('tasks.doneAtHome', ofTask)
export const changeButton = button('tasks.change', ofTask)
export const pageButton = button('tasks.page', z.object({ incident: z.string(), which, from: z.number() }))
export const otherPageButton = button('tasks.otherPage', z.object({ incident: z.string(), which, from: z.number() }))
/** Its context is the incident. */
export const changeMenu = menu('tasks.choose')

export function taskMessage(incident: string, task: Task, sign: (words: string) => string): Message {
  const words = sign(taskLine(task))
  const value = { incident, number: task.number }
  const buttons = [doneButton.draw('Done', value), changeButton.draw('Change', value)]
  return {
    text: sign(`${label(task)}: ${escapeInline(task.text)}`),
    blocks: [section(words), ...(task.status === 'open' ? [actions(buttons)] : [])],
  }
}

export function taskLine(task: Task): string {
  const text = escapeInline(shorten(task.text, 300))
  switch (task.status) {
    case 'open':
      return `${mark(task)} ${bold(label(task))} ${text} · ${[ownerWords(task), ...dueWords(task), ...sourceWords(task)].join(' · ')}`
    case 'done':
      return `:white_check_mark: ${bold(label(task))} ${text} · done${byWords(task)}`
    case 'dropped':
      return `:heavy_minus_sign: ${bold(label(task))} ${text} · not needed any more${byWords(task)}`
  }
}

export function label({ kind, number }: Pick<Task, 'kind' | 'number'>): string {
  return `${kind === 'task' ? 'Task' : 'Follow-up'} ${number}`
}

function mark({ kind, remindedCount }: Task): string {
  if (remindedCount > 0) return ':alarm_clock:'
  return kind === 'task' ? ':white_large_square:' : ':arrow_right:'
}

function ownerWords({ owner }: Task): string {
  return owner === null ? 'nobody yet' : mention(owner)
}

function dueWords({ dueAt, remindedCount }: Task): string[] {
  if (dueAt === null) return []
  return [`${remindedCount > 0 ? 'was due' : 'due'} ${when(dueAt)}`]
}

function sourceWords({ source }: Task): string[] {
  return source?.permalink ? [`<${source.permalink}|message>`] : []
}

function byWords({ closedBy }: Task): string {
  return closedBy === null ? '' : ` by ${mention(closedBy)}`
}

/** Where a person who reads it elsewhere finds the work. */
export function whereWords(incident: string, { channelId, title }: About): string {
  const place = channelId === null ? '' : ` ${channelLink(channelId)}`
  return `${key({ id: incident })} ${escapeInline(shorten(title, 80))}${place}`
}

const pageSize = 10

export interface Page {
  which: Which
  from: number
  person: string
  now: Date
}

/** Ten at a time, what presses first: overdue, then by number. */
export function listMessage(board: Board, page: Page): Message {
  const chosen = choose(board, page)
  const from = Math.min(page.from, Math.max(0, Math.floor((chosen.length - 1) / pageSize) * pageSize))
  const shown = chosen.slice(from, from + pageSize)
  const heading = `${key({ id: board.incident })}: ${countWords(board, page, chosen.length)}`
  const { which } = page
  const lines = fitting(shown.map(taskLine))
  const rows = shown.map((task, index): Block => {
    const row = section(lines[index] ?? '')
    if (task.status !== 'open') return row
    const value = { incident: board.incident, number: task.number, which, from }
    return { ...row, accessory: doneInListButton.draw('Done', value) }
  })
  const choices = shown.map((task) => ({ value: String(task.number), text: `${label(task)} ${task.text}` }))
  const at = (start: number) => ({ incident: board.incident, which, from: start })
  const turning = [
    ...(from > 0 ? [pageButton.draw('Back', at(from - pageSize))] : []),
    ...(from + pageSize < chosen.length ? [otherPageButton.draw('More', at(from + pageSize))] : []),
  ]
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...rows,
      ...(choices.length > 0 ? [changeMenu.draw('Change one…', choices, board.incident)] : []),
      actions([...turning, addTaskButton.draw('Add task', { incident: board.incident })]),
      ...(chosen.length > pageSize
        ? [context([`${from + 1}–${from + shown.length} of ${chosen.length} · \`/inc tasks mine\` shows yours`])]
        : []),
    ],
  }
}

function choose({ tasks }: Board, { which, person, now }: Page): Task[] {
  const chosen = tasks.filter((task) => {
    if (which === 'all') return true
    if (which === 'done') return task.status !== 'open'
    return task.status === 'open' && (which === 'open' || task.owner === person)
  })
  return chosen.toSorted((a, b) => Number(isOverdue(b, now)) - Number(isOverdue(a, now)) || a.number - b.number)
}

function countWords(board: Board, { which }: Page, n: number): string {
  if (board.tasks.length === 0) return 'no task yet'
  const what: Record<Which, string> = { open: 'open', mine: 'open and yours', done: 'done or dropped', all: 'in all' }
  return `${plural(n, 'task', 'tasks')} ${what[which]}`
}

/** What stands on the incident's card; see `cardPart`. */
const factsSchema = z.object({
  open: z.number(),
  followUps: z.number(),
  overdueCount: z.number(),
  overdue: z.array(z.object({ label: z.string(), text: z.string(), owner: z.string().nullable(), dueAt: z.string() })),
})

const overdueShown = 3

export function cardFacts({ tasks }: Board, now: Date): z.infer<typeof factsSchema> {
  const open = tasks.filter((task) => task.status === 'open')
  const overdue = open.filter((task) => isOverdue(task, now))
  return {
    open: open.filter((task) => task.kind === 'task').length,
    followUps: open.filter((task) => task.kind === 'follow-up').length,
    overdueCount: overdue.length,
    overdue: overdue.slice(0, overdueShown).map((task) => ({
      label: label(task),
      text: shorten(task.text, 100),
      owner: task.owner,
      dueAt: task.dueAt ?? '',
    })),
  }
}

export function cardPart({ cardFacts }: Incident): Block[] {
  const parsed = factsSchema.safeParse(cardFacts.tasks)
  if (!parsed.success) return []
  const { open, followUps, overdueCount, overdue } = parsed.data
  if (open + followUps === 0) return []
  const counts = [
    ...(open > 0 ? [`${plural(open, 'task', 'tasks')} open`] : []),
    ...(followUps > 0 ? [plural(followUps, 'follow-up', 'follow-ups')] : []),
    ...(overdueCount > 0 ? [`${overdueCount} overdue`] : []),
  ]
  const late = overdue.map(
    (one) =>
      `:alarm_clock: ${one.label}: ${escapeInline(one.text)} · ${one.owner === null ? 'nobody' : mention(one.owner)} · was due ${when(one.dueAt)}`,
  )
  return [section([`*Work* ${counts.join(' · ')} · \`/inc tasks\``, ...late].join('\n'))]
}

export function cardButton(incident: Incident): Block[] {
  return isOver(incident) ? [] : [addTaskButton.draw('Add task', { incident: incident.id })]
}

/** A question before an incident is resolved. */
export function gateQuestion(open: readonly Task[]): string {
  const named = open.slice(0, 3).map((task) => `${task.number} (${escapeInline(shorten(task.text, 30))})`)
  const more = open.length > named.length ? ', …' : ''
  const are =
    open.length === 1 ? 'task is not done and becomes a follow-up' : 'tasks are not done and become follow-ups'
  return `${open.length} ${are}: ${named.join(', ')}${more}`
}

export function homePart(mine: readonly { incident: string; about: About; task: Task }[]): Block[] {
  if (mine.length === 0) return []
  return [
    section('*Your tasks*'),
    ...mine.map(({ incident, about, task }) => ({
      ...section(`${taskLine(task)}\n${whereWords(incident, about)}`),
      accessory: doneAtHomeButton.draw('Done', { incident, number: task.number }),
    })),
  ]
}
