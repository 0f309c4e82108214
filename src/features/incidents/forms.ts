/** The forms of incidents: for whoever prefers boxes to words, and for what must be asked. */
import { z } from 'zod'
import type { Call } from '../../core/call.ts'
import { choiceInput, input, type ModalView, modal, optionalText, requiredText, textInput } from '../../core/modals.ts'
import { context, section, shortenMarkup } from '../../lib/blocks.ts'
import { parseDuration } from '../../lib/duration.ts'
import { escapeInline, escapeText } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { change, seenOnTheCard } from './acting.ts'
import { aggregate } from './aggregate.ts'
import { declare, type SourceMessage, serviceIn } from './declaring.ts'
import { dataLosses, type Incident, titleMax } from './domain.ts'
import type { WorkingStatus } from './lifecycle.ts'
import { dataLossChoices, key, sourceMessage } from './views.ts'

const severityChoices = z.array(z.object({ value: z.string(), text: z.string(), description: z.string() }))
const chosenSeverity = z.string({ error: 'Choose a severity.' })
const none = 'none'

export const declareForm = modal({
  id: 'incidents.declare',
  title: 'Declare an incident',
  submit: 'Declare',
  who: 'anyone',
  meta: z.object({
    severities: severityChoices,
    services: z.array(z.string()),
    /** Of an earlier release's form there are none. */
    examples: z.string().default(''),
    impacts: z.array(z.object({ value: z.string(), text: z.string() })).default([]),
    source: sourceMessage,
  }),
  values: z.object({
    title: requiredText('Say in a few words what is wrong.', titleMax),
    severity: chosenSeverity,
    notice: z.string().nullish(),
    service: z.string().nullish(),
    kind: z.enum(['real', 'private', 'test', 'drill']).nullish(),
    began: optionalText.refine((text) => text === '' || parseDuration(text) !== null, 'Write how long ago: 20m, 2h.'),
  }),
  blocks: ({ severities, services, examples, impacts }, start) => [
    input({
      name: 'title',
      label: 'What is wrong?',
      hint: 'A few words that somebody woken at night understands.',
      element: textInput(start.title, { placeholder: 'checkout returns 500s', max: titleMax }),
    }),
    ...(impacts.length === 0
      ? []
      : [
          input({
            name: 'notice',
            label: 'What do clients notice?',
            hint: 'Each proposes a severity. You decide.',
            isOptional: true,
            element: choiceInput(impacts, start.notice ?? undefined, 'static_select'),
          }),
        ]),
    input({
      name: 'severity',
      label: 'Severity',
      hint: 'When in doubt, take the graver one. It can be lowered later.',
      element: choiceInput(severities, start.severity, 'radio_buttons'),
    }),
    ...(examples === '' ? [] : [context([`For example\n${escapeText(examples)}`])]),
    ...(services.length === 0
      ? []
      : [
          input({
            name: 'service',
            label: 'Service',
            isOptional: true,
            element: choiceInput(
              [
                ...services.slice(0, 99).map((name) => ({ value: name, text: name })),
                { value: none, text: 'Another, or unknown' },
              ],
              start.service ?? undefined,
              'static_select',
            ),
          }),
        ]),
    input({
      name: 'began',
      label: 'How long ago did it begin?',
      hint: '20m or 2h. Left empty: now.',
      isOptional: true,
      element: textInput(start.began, { max: 20 }),
    }),
    input({
      name: 'kind',
      label: 'Kind',
      isOptional: true,
      element: choiceInput(
        [
          { value: 'real', text: 'An incident', description: 'Announced to everybody' },
          { value: 'private', text: 'A private one', description: 'Known to those who are asked in' },
          { value: 'drill', text: 'A drill', description: 'Announced to nobody, counted nowhere' },
          { value: 'test', text: 'A test of Tocsin', description: 'Announced to nobody, counted nowhere' },
        ],
        start.kind ?? 'real',
        'radio_buttons',
      ),
    }),
  ],
  run(call, { meta, values }) {
    const { title, severity, began } = values
    const kind = values.kind === 'test' || values.kind === 'drill' ? values.kind : 'real'
    const startedAt =
      began === '' ? {} : { startedAt: new Date(call.now.getTime() - (parseDuration(began) ?? 0)).toISOString() }
    const service = values.service === none || !values.service ? null : values.service
    const isPrivate = values.kind === 'private'
    const notice = values.notice ?? null
    return declare(call, { title, severity, service, kind, isPrivate, ...startedAt }, { source: meta.source, notice })
  },
})

export const severityForm = modal({
  id: 'incidents.severity',
  title: 'Change severity',
  submit: 'Change',
  who: 'responders',
  meta: z.object({ incident: z.string(), severities: severityChoices, help: z.string() }),
  values: z.object({ to: chosenSeverity, reason: optionalText }),
  blocks: ({ severities, help }, start) => [
    ...(help === '' ? [] : [section(help)]),
    input({ name: 'to', label: 'Severity', element: choiceInput(severities, start.to, 'radio_buttons') }),
    input({
      name: 'reason',
      label: 'Why?',
      hint: 'Needed when the severity is lowered.',
      isOptional: true,
      element: textInput(start.reason, { isMultiline: true }),
    }),
  ],
  run: (call, { meta, values }) =>
    change(call, meta.incident, { type: 'incident.changeSeverity', ...values }, seenOnTheCard),
})

const states: readonly { value: WorkingStatus; text: string; description: string }[] = [
  { value: 'investigating', text: 'Investigating', description: 'We do not know yet what it is' },
  { value: 'identified', text: 'Identified', description: 'We know what it is, and are mending it' },
  { value: 'monitoring', text: 'Monitoring', description: 'Mended; we watch whether it holds' },
]

export const statusForm = modal({
  id: 'incidents.status',
  title: 'Update status',
  submit: 'Update',
  who: 'responders',
  meta: z.object({ incident: z.string(), from: z.string() }),
  values: z.object({
    to: z.enum(['investigating', 'identified', 'monitoring'], { error: 'Choose a status.' }),
    what: requiredText('Say in a few words what changed.', 1_000),
  }),
  blocks: ({ from }, start) => [
    input({
      name: 'to',
      label: 'Status',
      element: choiceInput(
        states.filter(({ value }) => value !== from),
        start.to,
        'radio_buttons',
      ),
    }),
    input({
      name: 'what',
      label: 'What changed?',
      hint: 'It is said in the channel and stands in the timeline.',
      element: textInput('', { isMultiline: true, max: 1_000 }),
    }),
  ],
  run: (call, { meta, values }) => change(call, meta.incident, { type: 'incident.moveTo', ...values }, seenOnTheCard),
})

export const resolveForm = modal({
  id: 'incidents.resolve',
  title: 'Resolve',
  submit: 'Resolve',
  who: 'responders',
  meta: z.object({
    incident: z.string(),
    title: z.string(),
    stillOpen: z.array(z.string()),
    wantsDataLoss: z.boolean().default(false),
  }),
  values: z.object({ summary: optionalText, dataLoss: z.enum(dataLosses).nullish() }),
  blocks: ({ title, stillOpen, wantsDataLoss }, start) => [
    section(`*${escapeInline(title)}*`),
    ...(stillOpen.length > 0
      ? [section(`:warning: Still open:\n${stillOpen.map((one) => `• ${one}`).join('\n')}`)]
      : []),
    input({
      name: 'summary',
      label: 'What ended it?',
      hint: 'One or two sentences. It is shown on the card, and to whoever meets the same again.',
      isOptional: true,
      element: textInput(start.summary, { isMultiline: true }),
    }),
    ...(wantsDataLoss
      ? [
          input({
            name: 'dataLoss',
            label: 'Was data lost?',
            hint: 'It may be said later too, and corrected: /inc dataloss.',
            isOptional: true,
            element: choiceInput(dataLossChoices, undefined, 'radio_buttons'),
          }),
        ]
      : []),
  ],
  run: (call, { meta, values: { summary, dataLoss = null } }) =>
    change(call, meta.incident, { type: 'incident.resolve', summary, dataLoss }, seenOnTheCard),
})

const reasons = {
  reopen: { title: 'Reopen', label: 'Why is it not over?', command: 'incident.reopen' },
  decline: { title: 'Decline', label: 'Why is it no incident?', command: 'incident.cancel' },
} as const

/** One box: why. For what may not be done without saying so. */
export const reasonForm = modal({
  id: 'incidents.reason',
  title: 'Why?',
  submit: 'Do it',
  who: 'responders',
  meta: z.object({ incident: z.string(), what: z.enum(['reopen', 'decline']) }),
  values: z.object({ reason: requiredText('Say why, in a few words.', 500) }),
  blocks: ({ what }) => [
    input({ name: 'reason', label: reasons[what].label, element: textInput('', { isMultiline: true, max: 500 }) }),
  ],
  run: (call, { meta, values }) =>
    change(call, meta.incident, { type: reasons[meta.what].command, reason: values.reason }, seenOnTheCard),
})

export const mergeForm = modal({
  id: 'incidents.merge',
  title: 'Merge into another',
  submit: 'Merge',
  who: 'responders',
  meta: z.object({ incident: z.string(), others: z.array(z.object({ value: z.string(), text: z.string() })) }),
  values: z.object({ into: z.string({ error: 'Choose the incident that goes on.' }) }),
  blocks: ({ others }) => [
    input({
      name: 'into',
      label: 'Which one goes on?',
      hint: 'Its channel is told. Within an hour, /inc unmerge takes it back.',
      element: choiceInput(others, undefined, 'static_select'),
    }),
  ],
  run: (call, { meta, values }) =>
    change(call, meta.incident, { type: 'incident.merge', into: values.into }, seenOnTheCard),
})

export const modals = [declareForm, severityForm, statusForm, resolveForm, reasonForm, mergeForm]

export function openDeclareForm(
  call: Call,
  start: { title: string; severity?: string; kind?: 'private' | 'test' | 'drill' },
  source: SourceMessage | null = null,
): ModalView {
  const rules = call.policy(aggregate)
  const title = shorten(start.title.replaceAll(/\s+/g, ' ').trim(), titleMax)
  const service = serviceIn(call, title)
  const impacts = rules.impacts.map(({ notice, severity }) => ({ value: notice, text: `${notice} → ${severity}` }))
  const remembered = { severities: choices(call), examples: shorten(rules.examples, 500), impacts, source }
  const left = rememberedMax - JSON.stringify(remembered).length
  return declareForm.open(
    { ...remembered, services: fitting(rules.services, left) },
    { ...start, title, severity: start.severity ?? rules.defaultSeverity, ...(service === null ? {} : { service }) },
  )
}

export function openSeverityForm(call: Call, incident: Incident): ModalView {
  const rules = call.policy(aggregate)
  const help = rules.severities.map((name) => `*${name}* ${escapeInline(rules.describeAtLength(name))}`).join('\n')
  return severityForm.open(
    { incident: incident.id, severities: choices(call), help: shorten(help, 1_500) },
    { to: incident.severity },
  )
}

/** `to`: what was typed without saying what changed. A word that is no status leaves the choice open. */
export function openStatusForm(incident: Incident, to?: string): ModalView {
  const chosen = states.find(({ value }) => value === to && value !== incident.status)?.value
  return statusForm.open({ incident: incident.id, from: incident.status }, chosen === undefined ? {} : { to: chosen })
}

export function openResolveForm(
  incident: Incident,
  questions: readonly string[],
  { summary, wantsDataLoss }: { summary: string; wantsDataLoss: boolean },
): ModalView {
  const title = shorten(`${key(incident)} ${incident.title}`, titleMax)
  const stillOpen = questions.slice(0, 10).map((question) => shortenMarkup(question, 150))
  return resolveForm.open({ incident: incident.id, title, stillOpen, wantsDataLoss }, { summary })
}

// A form remembers what it drew, and Slack lets it remember 3,000 characters.
const rememberedMax = 2_900

/** As many services as a form can remember; whoever has more names theirs in the title. */
function fitting(services: readonly string[], lettersMax: number): string[] {
  const kept: string[] = []
  for (const service of services) {
    if (JSON.stringify([...kept, service]).length > lettersMax) break
    kept.push(service)
  }
  return kept
}

/** Null when there is nothing to merge it into. */
export function openMergeForm(incident: Incident, others: readonly Incident[]): ModalView | null {
  const choices = others
    .filter((other) => other.id !== incident.id)
    .slice(0, 20)
    .map((other) => ({ value: other.id, text: shorten(`${key(other)} ${other.title.replaceAll(/["\\]/g, '')}`, 75) }))
  return choices.length === 0 ? null : mergeForm.open({ incident: incident.id, others: choices })
}

function choices(call: Call) {
  const rules = call.policy(aggregate)
  return rules.severities.map((severity) => ({
    value: severity,
    text: severity,
    description: shorten(rules.describe(severity), 75),
  }))
}
