/** The forms of a timeline: a note, and what was wrong about an entry. */
import { z } from 'zod'
import { choiceInput, input, type ModalView, modal, requiredText, textInput } from '../../core/modals.ts'
import { context, section } from '../../lib/blocks.ts'
import { escapeInline, readable, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { answer } from './answers.ts'
import { type Entry, type SaidMessage, textMax } from './domain.ts'
import { keep, writeNote } from './noting.ts'

const text = requiredText('Say what happened.', textMax)
const author = z.object({ id: z.string().nullable(), name: z.string() })

export const noteForm = modal({
  id: 'timeline.note',
  title: 'Add to the timeline',
  submit: 'Add',
  who: 'responders',
  meta: z.object({ incident: z.string() }),
  values: z.object({ text }),
  blocks: (_meta, start) => [
    input({ name: 'text', label: 'What happened?', element: textInput(start.text, { isMultiline: true }) }),
  ],
  run: (call, { meta, values }) => writeNote(call, meta.incident, values.text),
})

/** For a message from elsewhere: which incident is it about? */
export const keepForm = modal({
  id: 'timeline.keep',
  title: 'Add to the timeline',
  submit: 'Add',
  who: 'responders',
  meta: z.object({
    choices: z.array(z.object({ value: z.string(), text: z.string() })),
    message: z.object({
      saidAt: z.string(),
      author,
      text: z.string(),
      files: z.array(z.object({ name: z.string(), permalink: z.string().nullable() })),
      source: z.object({
        channelId: z.string(),
        ts: z.string(),
        permalink: z.string().nullable(),
        isOurs: z.boolean(),
      }),
    }),
  }),
  values: z.object({ incident: z.string({ error: 'Choose the incident.' }) }),
  blocks: ({ choices, message }) => [
    section(escapeInline(shorten(readable(message.text), 500))),
    input({
      name: 'incident',
      label: 'Which incident is it about?',
      element: choiceInput(choices, choices[0]?.value, 'static_select'),
    }),
  ],
  run: (call, { meta, values }) => keep(call, values.incident, meta.message),
})

const fates = [
  { value: 'keep', text: 'Keep it' },
  { value: 'remove', text: 'Remove it', description: 'It is not shown any more; the journal remembers it' },
]

export const correctForm = modal({
  id: 'timeline.correct',
  title: 'Correct the timeline',
  submit: 'Save',
  who: 'responders',
  meta: z.object({
    entry: z.string(),
    saidAt: z.string(),
    before: z.array(z.object({ until: z.string(), text: z.string() })),
  }),
  values: z.object({ text, saidAt: z.string().nullish(), fate: z.enum(['keep', 'remove']).nullish() }),
  blocks: ({ saidAt, before }, start) => [
    input({ name: 'text', label: 'What happened?', element: textInput(start.text, { isMultiline: true }) }),
    input({
      name: 'saidAt',
      label: 'When was it?',
      element: { type: 'datetimepicker', initial_date_time: Math.floor(Date.parse(saidAt) / 1_000) },
    }),
    input({ name: 'fate', label: 'Does it belong here?', element: choiceInput(fates, 'keep', 'radio_buttons') }),
    ...before.map((version) => context([`Until ${when(version.until)}: ${escapeInline(version.text)}`])),
  ],
  run: async (call, { meta, values }) => {
    if (values.fate === 'remove') {
      return answer(
        await call.perform(aggregate, meta.entry, { type: 'timeline.remove' }),
        'Removed from the timeline.',
      )
    }
    const saidAt = momentFrom(values.saidAt, meta.saidAt)
    const outcome = await call.perform(aggregate, meta.entry, { type: 'timeline.correct', text: values.text, saidAt })
    return answer(outcome, 'Corrected. What it said before is kept with it.')
  },
})

/** The picker knows seconds; what was not changed keeps its own milliseconds. */
function momentFrom(chosen: string | null | undefined, before: string): string {
  const seconds = Number(chosen)
  if (!chosen || !Number.isFinite(seconds) || seconds === Math.floor(Date.parse(before) / 1_000)) return before
  return new Date(seconds * 1_000).toISOString()
}

// A form remembers at most 3,000 characters: the last versions, and of each its beginning.
const versionsShown = 3
const versionMax = 250

export function openCorrectForm({ id, text, saidAt, versions }: Entry): ModalView {
  const before = versions
    .slice(-versionsShown)
    .map((version) => ({ until: version.until, text: shorten(readable(version.text), versionMax) }))
  return correctForm.open({ entry: id, saidAt, before }, { text: readable(text) })
}

export function openNoteForm(incident: string): ModalView {
  return noteForm.open({ incident })
}

/** A form remembers at most 3,000 characters, JSON and all: of a long message, its beginning. */
const rememberedMax = 600

export function openKeepForm(message: SaidMessage, open: readonly { id: string; text: string }[]): ModalView {
  const choices = open.slice(0, 10).map(({ id, text }) => ({ value: id, text: shorten(text, 50) }))
  return keepForm.open({ choices, message: { ...message, files: [], text: shorten(message.text, rememberedMax) } })
}
