/** How people ask for work to be done, and say that it is. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import { command } from '../../core/commands.ts'
import { onChoice, onClick, onReaction, type Shortcut } from '../../core/interactions.ts'
import { readable } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { incidentOfChannel, incidentSubject, isAskedThere } from '../incidents/index.ts'
import { homeOf } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { boardFor, giveTo } from './boards.ts'
import { find, type Kind, textMax } from './domain.ts'
import { addForm, changeForm, openAddForm, openChangeForm } from './forms.ts'
import { readTask } from './reading.ts'
import {
  addTaskButton,
  changeButton,
  changeMenu,
  doneAtHomeButton,
  doneButton,
  doneInListButton,
  label,
  listMessage,
  otherPageButton,
  pageButton,
  type Which,
  which,
} from './views.ts'

/** Left as it was typed: who is meant is read from it. */
const words = z.string().meta({ rest: true })

export const modals = [addForm, changeForm]

export const commands = [
  command({
    path: 'inc task',
    aliases: ['todo'],
    summary: 'Write down what is to be done now; at the end, who does it and until when.',
    args: z.object({ text: words }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc task check the replica @ben in 30m', '/inc task #42 call the provider'],
    form: async (_call, subject) => ({ open: openAddForm(subject, [], { kind: 'task' }) }),
    run: (call, { args, subject }) => addWritten(call, subject, { kind: 'task', line: args.text }),
  }),
  command({
    path: 'inc followup',
    aliases: ['follow-up', 'later'],
    summary: 'Write down what is to be done after the incident. It is yours unless you name somebody.',
    args: z.object({ text: words }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc followup add an alert for the replica lag', '/inc followup write the postmortem @ana in 2d'],
    form: async (_call, subject) => ({ open: openAddForm(subject, [], { kind: 'follow-up' }) }),
    run: (call, { args, subject }) => addWritten(call, subject, { kind: 'follow-up', line: args.text }),
  }),
  command({
    path: 'inc tasks',
    aliases: ['todos', 'followups'],
    summary: 'Show what is to be done, to you only: «open», «mine», «done» or «all».',
    args: z.object({ which: which.default('open') }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc tasks', '/inc tasks mine', '/inc tasks #42 all'],
    run: (call, { args, subject }) => showList(call, subject, { which: args.which, from: 0 }),
  }),
  command({
    path: 'inc done',
    aliases: ['check'],
    summary: 'Say that a task is done, by its number.',
    args: z.object({ number: z.coerce.number({ error: 'is no number' }).int('is no number').positive('is no number') }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc done 3', '/inc done #42 3'],
    form: (call, subject) => doneWithoutNumber(call, subject),
    run: (call, { args, subject }) => finish(call, { incident: subject, number: args.number }),
  }),
]

export const clicks = [
  onClick(addTaskButton, {
    who: 'responders',
    run: async (_call, { incident }) => ({ open: openAddForm(incident, [], { kind: 'task' }) }),
  }),
  onClick(doneButton, { who: 'responders', run: (call, task) => finish(call, task) }),
  onClick(doneInListButton, {
    who: 'responders',
    run: async (call, { incident, number, which, from }) => {
      const done = await finish(call, { incident, number })
      return done.isRefusal ? done : showList(call, incident, { which, from })
    },
  }),
  onClick(doneAtHomeButton, {
    who: 'responders',
    run: async (call, task) => ({ ...(await finish(call, task)), effects: [await homeOf(call, call.person.id)] }),
  }),
  onClick(changeButton, {
    who: 'responders',
    run: (call, { incident, number }) => askForChange(call, incident, number),
  }),
  onChoice(changeMenu, {
    who: 'responders',
    run: (call, number, incident) => askForChange(call, incident, Number(number)),
  }),
  onClick(pageButton, { who: 'responders', run: (call, { incident, ...page }) => showList(call, incident, page) }),
  onClick(otherPageButton, { who: 'responders', run: (call, { incident, ...page }) => showList(call, incident, page) }),
]

export const hears = [
  // A reaction is quick, so it asks nothing: «Change» on the task says who and until when.
  onReaction({
    who: 'responders',
    async run(call, { thing, change, emoji, on }) {
      const incident = incidentOfChannel(thing)
      const kind = call.policy(aggregate).kindOf(emoji)
      if (incident === null || kind === null || change === 'removed') return {}
      const [message, permalink] = await Promise.all([call.slack.message(on), call.slack.permalink(on)])
      if (message === null || !(await boardFor(call, incident))) return {}
      const { channelId, ts } = on
      const text = shorten(readable(message.text).replaceAll(/\s+/g, ' ').trim() || 'see the message', textMax)
      const source = { channelId, ts, permalink }
      await call.perform(aggregate, incident, { type: 'task.add', kind, text, owner: null, dueAt: null, source })
      return {}
    },
  }),
]

export const shortcuts: Shortcut[] = [
  {
    id: 'tasks.followUpFromMessage',
    name: 'Add follow-up',
    type: 'message',
    description: 'Write down this message as something to do after the incident.',
    who: 'responders',
    run: async (call, message) => {
      const here = call.channelId === null ? null : await incidentSubject.inChannel(call.db, call.channelId)
      const choices = here === null ? await incidentSubject.open(call.db) : []
      if (here === null && choices.length === 0) return sentence({ refused: 'nothing-open' })
      const source = message
        ? { channelId: message.channelId, ts: message.ts, permalink: await call.slack.permalink(message) }
        : undefined
      const start = { kind: 'follow-up' as const, text: readable(message?.text ?? ''), ...(source ? { source } : {}) }
      return { open: openAddForm(here, choices, start) }
    },
  },
]

async function addWritten(call: Call, incident: string, { kind, line }: { kind: Kind; line: string }): Promise<Answer> {
  const { text, owner, dueIn } = readTask(line)
  const board = await boardFor(call, incident)
  if (!board) return sentence({ refused: 'no-such-incident' })
  const dueAt = dueIn === null ? null : new Date(call.now.getTime() + dueIn).toISOString()
  return giveTo(call, { incident, owner }, async () => {
    const outcome = await call.perform(aggregate, incident, { type: 'task.add', kind, text, owner, dueAt })
    const isHere = await isAskedThere(call, incident)
    return answer(outcome, ({ tasks }) =>
      isHere ? null : `Written down on INC-${incident} as number ${tasks.length}.`,
    )
  })
}

async function finish(call: Call, { incident, number }: { incident: string; number: number }): Promise<Answer> {
  const board = await boardFor(call, incident)
  if (!board) return sentence({ refused: 'no-such-incident' })
  const outcome = await call.perform(aggregate, incident, { type: 'task.finish', number })
  const task = find(board, number)
  const isHere = await isAskedThere(call, incident)
  return answer(outcome, () => (isHere || !task ? null : `${label(task)} of INC-${incident} is done.`))
}

/** `/inc done #3` in an incident's channel means its task 3; without any number, the list is what is wanted. */
async function doneWithoutNumber(call: Call, subject: string): Promise<Answer> {
  const here = call.channelId === null ? null : await incidentSubject.inChannel(call.db, call.channelId)
  if (here !== null && here !== subject) return finish(call, { incident: here, number: Number(subject) })
  return showList(call, subject, { which: 'open', from: 0 })
}

async function showList(call: Call, incident: string, page: { which: Which; from: number }): Promise<Answer> {
  const board = await boardFor(call, incident)
  if (!board) return sentence({ refused: 'no-such-incident' })
  return { tell: listMessage(board, { ...page, person: call.person.id, now: call.now }) }
}

async function askForChange(call: Call, incident: string, number: number): Promise<Answer> {
  const board = await boardFor(call, incident)
  if (!board) return sentence({ refused: 'no-such-incident' })
  const task = find(board, number)
  if (!task) return sentence({ refused: 'no-such-task', details: { number, last: board.tasks.length, incident } })
  return { open: openChangeForm(incident, task) }
}
