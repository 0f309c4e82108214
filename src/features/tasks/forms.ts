/** The forms of tasks: a new one, and what may be changed of one. */
import { z } from 'zod'
import { choiceInput, input, type ModalView, modal, requiredText, textInput } from '../../core/modals.ts'
import { section } from '../../lib/blocks.ts'
import { escapeInline, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { boardFor, giveTo } from './boards.ts'
import { type Kind, type Source, type Task, textMax, type Wish } from './domain.ts'
import { label } from './views.ts'

const dueChoices = [
  { value: 'none', text: 'No time is set' },
  { value: '15', text: 'In 15 minutes' },
  { value: '30', text: 'In 30 minutes' },
  { value: '60', text: 'In 1 hour' },
  { value: '240', text: 'In 4 hours' },
  { value: '1440', text: 'Tomorrow, at this time' },
  { value: '10080', text: 'In a week' },
]
const keepDue = { value: 'keep', text: 'As it is' }
const kindChoices = [
  { value: 'task', text: 'Task', description: 'For now: it helps to end the incident' },
  { value: 'follow-up', text: 'Follow-up', description: 'For later: it may wait until the incident is over' },
]
const statusChoices = [
  { value: 'open', text: 'Open' },
  { value: 'done', text: 'Done' },
  { value: 'dropped', text: 'Not needed any more' },
]

const kind = z.enum(['task', 'follow-up'], { error: 'Choose one.' })
const person = z.string().nullish()
const text = requiredText('Say what is to be done.', textMax)
const source = z.object({ channelId: z.string(), ts: z.string(), permalink: z.string().nullable() })

export const addForm = modal({
  id: 'tasks.add',
  title: 'Add a task',
  submit: 'Add',
  who: 'responders',
  meta: z.object({
    incident: z.string().nullable(),
    choices: z.array(z.object({ value: z.string(), text: z.string() })),
    source: source.nullable(),
  }),
  values: z.object({
    incident: z.string({ error: 'Choose the incident.' }).nullish(),
    text,
    kind,
    owner: person,
    due: z.string().nullish(),
  }),
  blocks: ({ incident, choices }, start) => [
    ...(incident === null
      ? [input({ name: 'incident', label: 'Incident', element: choiceInput(choices, undefined, 'static_select') })]
      : []),
    input({
      name: 'text',
      label: 'What is to be done?',
      element: textInput(start.text, { placeholder: 'check the replica', max: textMax }),
    }),
    input({
      name: 'kind',
      label: 'When does it matter?',
      element: choiceInput(kindChoices, start.kind, 'radio_buttons'),
    }),
    input({ name: 'owner', label: 'Who does it?', isOptional: true, element: personInput(start.owner) }),
    input({
      name: 'due',
      label: 'Until when?',
      hint: 'Whoever does it is reminded then.',
      isOptional: true,
      element: choiceInput(dueChoices, start.due ?? 'none', 'static_select'),
    }),
  ],
  run: async (call, { meta, values }) => {
    const incident = meta.incident ?? values.incident ?? ''
    if (!(await boardFor(call, incident))) return sentence({ refused: 'no-such-incident' })
    const owner = values.owner ?? null
    return giveTo(call, { incident, owner }, async () => {
      const outcome = await call.perform(aggregate, incident, {
        type: 'task.add',
        kind: values.kind,
        text: values.text,
        owner,
        dueAt: dueFrom(values.due, null, call.now),
        ...(meta.source ? { source: meta.source } : {}),
      })
      return answer(outcome, (board) =>
        meta.incident !== null ? null : `Added as number ${board.tasks.length} to INC-${incident}.`,
      )
    })
  },
})

export const changeForm = modal({
  id: 'tasks.change',
  title: 'Change a task',
  submit: 'Save',
  who: 'responders',
  meta: z.object({
    incident: z.string(),
    number: z.number(),
    label: z.string(),
    owner: z.string().nullable().default(null),
    dueAt: z.string().nullable(),
  }),
  values: z.object({
    text,
    kind,
    owner: person,
    due: z.string().nullish(),
    status: z.enum(['open', 'done', 'dropped'], { error: 'Choose one.' }),
  }),
  blocks: ({ label, dueAt }, start) => [
    section(`*${escapeInline(label)}*${dueAt === null ? '' : ` · due ${when(dueAt)}`}`),
    input({ name: 'text', label: 'What is to be done?', element: textInput(start.text, { max: textMax }) }),
    input({
      name: 'status',
      label: 'How does it stand?',
      element: choiceInput(statusChoices, start.status, 'radio_buttons'),
    }),
    input({
      name: 'kind',
      label: 'When does it matter?',
      element: choiceInput(kindChoices, start.kind, 'radio_buttons'),
    }),
    input({ name: 'owner', label: 'Who does it?', isOptional: true, element: personInput(start.owner) }),
    input({
      name: 'due',
      label: 'Until when?',
      isOptional: true,
      element: choiceInput(
        dueAt === null ? dueChoices : [keepDue, ...dueChoices],
        dueAt === null ? 'none' : keepDue.value,
        'static_select',
      ),
    }),
  ],
  run: async (call, { meta, values }) => {
    const wish: Wish = {
      text: values.text,
      kind: values.kind,
      owner: values.owner ?? null,
      status: values.status,
      dueAt: dueFrom(values.due, meta.dueAt, call.now),
    }
    // Whoever has it already keeps it: only a new owner is looked at.
    const newOwner = wish.owner === meta.owner ? null : wish.owner
    return giveTo(call, { incident: meta.incident, owner: newOwner }, async () => {
      const outcome = await call.perform(aggregate, meta.incident, { type: 'task.change', number: meta.number, wish })
      return answer(outcome, () => null)
    })
  },
})

function personInput(start: string | null | undefined) {
  return { type: 'users_select', ...(start ? { initial_user: start } : {}) }
}

function dueFrom(chosen: string | null | undefined, before: string | null, now: Date): string | null {
  if (chosen === keepDue.value) return before
  const minutes = Number(chosen)
  return Number.isFinite(minutes) && minutes > 0 ? new Date(now.getTime() + minutes * 60_000).toISOString() : null
}

export interface Start {
  kind: Kind
  text?: string
  source?: Source
}

// A form remembers at most 3,000 characters; the likeliest incidents come first.
const choicesMax = 12

/** For a known incident, or with the question which one. */
export function openAddForm(
  incident: string | null,
  open: readonly { id: string; text: string }[],
  { kind, text = '', source }: Start,
): ModalView {
  const choices = open.slice(0, choicesMax).map((choice) => ({ value: choice.id, text: shorten(choice.text, 60) }))
  const short = shorten(text.replaceAll(/\s+/g, ' ').trim(), textMax)
  return addForm.open({ incident, choices, source: source ?? null }, { kind, text: short })
}

export function openChangeForm(incident: string, task: Task): ModalView {
  const { number, dueAt, text, status, kind, owner } = task
  return changeForm.open({ incident, number, label: label(task), owner, dueAt }, { text, status, kind, owner })
}
