/** What is gravest is typed out by whoever asks: a form that shows what was asked for, and takes the phrase alone. */
import { z } from 'zod'
import { input, type ModalView, modal, requiredText, textInput } from '../../core/modals.ts'
import { section } from '../../lib/blocks.ts'
import { bold, escapeInline } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { askForAction, type Wish } from './asking.ts'
import type { Entry } from './entry.ts'
import { phraseOf } from './phrases.ts'
import { targetOf } from './request.ts'

const wishSchema = z.object({
  name: z.string(),
  target: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  reason: z.string(),
  incident: z.string().nullable(),
  origin: z.object({ feature: z.string(), id: z.string(), label: z.string() }).nullable(),
  undoes: z.string().nullable(),
})

/** Nothing can be changed here but the phrase: the rest was said already, on a line, on a card or in a runbook. */
export const confirmForm = modal({
  id: 'actions.confirm',
  title: 'Ask for an action',
  submit: 'Make a plan',
  who: 'anyone',
  meta: z.object({ wish: wishSchema, head: z.string(), phrase: z.string() }),
  values: z.object({ phrase: requiredText('Type what stands below the field.', 150) }),
  blocks: ({ head, phrase }, start) => [
    section(head),
    section('Nothing happens yet: first a plan is made, which you and others can read.'),
    input({
      name: 'phrase',
      label: 'Confirmation',
      hint: `Type: ${phrase}`,
      element: textInput(start.phrase, { placeholder: phrase, max: 150 }),
    }),
  ],
  run: (call, { meta: { wish }, values }) => {
    const { origin, undoes, ...plain } = wish
    return askForAction(call, {
      ...plain,
      ...(origin === null ? {} : { origin }),
      ...(undoes === null ? {} : { undoes }),
      phrase: values.phrase,
    })
  },
})

// The wish travels with the form, and Slack lets that carry 3,000 characters.
const reasonMax = 500

export function openConfirmForm(entry: Entry, { phrase: _, ...wish }: Wish): ModalView {
  const target = targetOf(wish.target)
  const values = Object.entries(wish.params).map(([name, value]) => `${name}=${shorten(String(value), 100)}`)
  const lines = [
    bold(`${entry.title} · ${target.service} · ${target.environment}`),
    escapeInline(values.join(', ')),
    escapeInline(shorten(wish.reason, 200)),
  ]
  return confirmForm.open({
    wish: {
      ...wish,
      params: { ...wish.params },
      reason: shorten(wish.reason, reasonMax),
      origin: wish.origin ?? null,
      undoes: wish.undoes ?? null,
    },
    head: lines.filter((line) => line !== '').join('\n'),
    phrase: phraseOf({ verb: entry.verb, target }),
  })
}
