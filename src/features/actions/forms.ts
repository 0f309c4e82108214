/** The forms of actions: for asking without knowing the words, and for what must be said on purpose. */
import { z } from 'zod'
import type { Call } from '../../core/call.ts'
import { choiceInput, input, type ModalView, modal, optionalText, requiredText, textInput } from '../../core/modals.ts'
import { section } from '../../lib/blocks.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { tokenize } from '../../lib/tokenize.ts'
import { incidentAggregate } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { approve, breakGlass, settle } from './answering.ts'
import { answer } from './answers.ts'
import { askForAction } from './asking.ts'
import { confirmForm } from './confirming.ts'
import type { Action } from './domain.ts'
import type { Entry } from './entry.ts'
import { glassPhraseOf, phraseOf } from './phrases.ts'
import type { Rules } from './rules.ts'
import { key } from './views.ts'

// The choices travel with the form, and Slack lets it carry 3,000 characters.
const choicesMax = 20
const aboutAction = z.object({ action: z.string(), head: z.string(), phrase: z.string() })

export const requestForm = modal({
  id: 'actions.request',
  title: 'Run an action',
  submit: 'Make a plan',
  who: 'anyone',
  meta: z.object({
    incident: z.string().nullable(),
    choices: z.array(z.object({ value: z.string(), text: z.string() })),
    /** What may be written into «Details», and whether anything to choose from wants its phrase typed. */
    details: z.string(),
    isGrave: z.boolean(),
  }),
  values: z.object({
    what: z.string({ error: 'Choose what to do.' }),
    params: optionalText,
    reason: optionalText,
    phrase: optionalText,
  }),
  blocks: ({ incident, choices, details, isGrave }, start) => [
    section('Nothing happens yet: first a plan is made, which you and others can read.'),
    input({ name: 'what', label: 'What?', element: choiceInput(choices, start.what, 'static_select') }),
    ...(details === ''
      ? []
      : [
          input({
            name: 'params',
            label: 'Details',
            hint: details,
            isOptional: true,
            element: textInput(start.params, { placeholder: 'name=value', max: 300 }),
          }),
        ]),
    input({
      name: 'reason',
      label: 'Why?',
      isOptional: incident !== null,
      element: textInput(start.reason, { placeholder: 'checkout returns 500s since v142', max: 500 }),
    }),
    ...(isGrave
      ? [
          input({
            name: 'phrase',
            label: 'Confirmation',
            hint: 'Only for the gravest (T3): type the verb, the service and the environment, such as restore payments production.',
            isOptional: true,
            element: textInput(start.phrase, { max: 150 }),
          }),
        ]
      : []),
  ],
  run: async (call, { meta, values }) => {
    const [name = '', target = ''] = values.what.split('|')
    const params = Object.fromEntries(
      tokenize(values.params).map(({ text }) => {
        const at = text.indexOf('=')
        return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
      }),
    )
    const { reason, phrase } = values
    return askForAction(call, { name, target, params, reason, phrase, incident: meta.incident })
  },
})

export const approveForm = modal({
  id: 'actions.approveForm',
  title: 'Approve',
  submit: 'Approve',
  who: 'anyone',
  meta: aboutAction.extend({ plan: z.string() }),
  values: z.object({ phrase: requiredText('Type what stands above the field.', 150) }),
  blocks: ({ head, phrase }) => [section(head), phraseInput(phrase)],
  run: (call, { meta, values }) => approve(call, meta.action, meta.plan, values.phrase),
})

export const denyForm = modal({
  id: 'actions.denyForm',
  title: 'Deny',
  submit: 'Deny',
  who: 'anyone',
  meta: aboutAction,
  values: z.object({ reason: optionalText }),
  blocks: ({ head }, start) => [
    section(head),
    input({
      name: 'reason',
      label: 'Why?',
      hint: 'A few words for whoever asked.',
      isOptional: true,
      element: textInput(start.reason, { max: 500 }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const outcome = await call.perform(aggregate, meta.action, { type: 'action.deny', reason: values.reason })
    return answer(outcome, () => null)
  },
})

export const glassForm = modal({
  id: 'actions.glassForm',
  title: 'Break glass',
  submit: 'Break glass',
  who: 'anyone',
  meta: aboutAction,
  values: z.object({
    reason: requiredText('Say why nobody can approve it.', 500),
    phrase: requiredText('Type what stands above the field.', 150),
  }),
  blocks: ({ head, phrase }, start) => [
    section(
      `${head}\nThis skips the approvals, freezes and holds, and nothing else. Everybody will hear of it, and somebody else reviews it.`,
    ),
    input({
      name: 'reason',
      label: 'Why can nobody approve it?',
      element: textInput(start.reason, { isMultiline: true, max: 500 }),
    }),
    phraseInput(phrase),
  ],
  run: (call, { meta, values }) => breakGlass(call, meta.action, values),
})

export const settleForm = modal({
  id: 'actions.settleForm',
  title: 'What happened?',
  submit: 'Say so',
  who: 'anyone',
  meta: aboutAction.extend({ wantsTwo: z.boolean() }),
  values: z.object({
    verdict: z.enum(['done', 'not-done'], { error: 'Choose one.' }),
    evidence: requiredText('Say how you know.', 500),
  }),
  blocks: ({ head, wantsTwo }, start) => [
    section(
      `${head}\nThe target is unlocked once this is settled.${wantsTwo ? ' For a T3 two people have to say the same.' : ''}`,
    ),
    input({
      name: 'verdict',
      label: 'Was it done?',
      element: choiceInput(
        [
          { value: 'done', text: 'It was done' },
          { value: 'not-done', text: 'It was not done' },
        ],
        start.verdict,
        'radio_buttons',
      ),
    }),
    input({
      name: 'evidence',
      label: 'How do you know?',
      hint: 'What you looked at, or a link.',
      element: textInput(start.evidence, { isMultiline: true, max: 500 }),
    }),
  ],
  run: (call, { meta, values }) => settle(call, meta.action, values),
})

export const reviewForm = modal({
  id: 'actions.reviewForm',
  title: 'Review',
  submit: 'Record it',
  who: 'responders',
  meta: aboutAction,
  values: z.object({ verdict: z.enum(['right', 'wrong'], { error: 'Choose one.' }), note: optionalText }),
  blocks: ({ head }, start) => [
    section(head),
    input({
      name: 'verdict',
      label: 'Breaking the glass was',
      element: choiceInput(
        [
          { value: 'right', text: 'right' },
          { value: 'wrong', text: 'wrong' },
        ],
        start.verdict,
        'radio_buttons',
      ),
    }),
    input({
      name: 'note',
      label: 'What should change?',
      isOptional: true,
      element: textInput(start.note, { isMultiline: true, max: 500 }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const outcome = await call.perform(aggregate, meta.action, { type: 'action.review', ...values })
    return answer(outcome, () => null)
  },
})

export const modals = [requestForm, confirmForm, approveForm, denyForm, glassForm, settleForm, reviewForm]

/** What suits the incident first. */
export async function openRequestForm(
  call: Call,
  incident: string | null,
  only: (entry: Entry) => boolean = () => true,
  start: { what?: string; params?: string } = {},
): Promise<ModalView> {
  const rules: Rules = call.policy(aggregate)
  const found = incident === null ? null : await incidentAggregate.load(call.db, incident)
  const service = found?.service ?? null
  const entries = [...rules.catalogue.values()].filter(only)
  const choices = entries.flatMap((entry) =>
    entry.targets.map((target) => ({
      value: `${entry.name}|${target}`,
      text: shorten(`${entry.title} · ${target}`, 70),
      isNear: target.split('/')[0] === service,
    })),
  )
  const sorted = choices.toSorted((a, b) => Number(b.isNear) - Number(a.isNear)).slice(0, choicesMax)
  return requestForm.open(
    {
      incident,
      choices: sorted.map(({ value, text }) => ({ value, text })),
      details: detailsOf(entries),
      isGrave: entries.some((entry) => entry.confirms === 'both'),
    },
    start,
  )
}

// Slack shows that much below a field.
const hintMax = 150

/** `to=…: the release to go back to`, of each parameter once. */
function detailsOf(entries: readonly Entry[]): string {
  const known = entries.flatMap(({ params }) =>
    Object.entries(params).map(([name, { meaning }]) => `${name}=…${meaning === '' ? '' : `: ${meaning}`}`),
  )
  return shorten([...new Set(known)].join(' · '), hintMax)
}

export function metaOf(action: Action, phrase: 'own' | 'glass' = 'own') {
  const { plan, target } = action
  const change = plan === null ? '' : `\n${escapeInline(shorten(`${plan.before} → ${plan.after}`, 200))}`
  return {
    action: action.id,
    head: `*${key(action)}* ${escapeInline(`${action.title} · ${target.service} · ${target.environment}`)}${change}`,
    phrase: phrase === 'own' ? phraseOf(action) : glassPhraseOf(action),
  }
}

function phraseInput(phrase: string) {
  return input({
    name: 'phrase',
    label: 'Confirmation',
    hint: `Type: ${phrase}`,
    element: textInput(undefined, { placeholder: phrase, max: 150 }),
  })
}
