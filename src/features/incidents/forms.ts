/** The forms of incidents: for whoever prefers boxes to words, and for what must be asked. */
import { z } from 'zod'
import type { Call } from '../../core/call.ts'
import { choiceInput, input, type ModalView, modal, optionalText, requiredText, textInput } from '../../core/modals.ts'
import { newSubject } from '../../core/perform.ts'
import { section } from '../../lib/blocks.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { answer, declaredSentence } from './answers.ts'
import type { Incident } from './domain.ts'
import { key } from './views.ts'

const titleMax = 200
const severityChoices = z.array(z.object({ value: z.string(), text: z.string(), description: z.string() }))
const chosenSeverity = z.string({ error: 'Choose a severity.' })

export const declareForm = modal({
  id: 'incidents.declare',
  title: 'Declare an incident',
  submit: 'Declare',
  who: 'anyone',
  meta: z.object({ severities: severityChoices }),
  values: z.object({ title: requiredText('Say in a few words what is wrong.', titleMax), severity: chosenSeverity }),
  blocks: ({ severities }, start) => [
    input({
      name: 'title',
      label: 'What is wrong?',
      hint: 'A few words that somebody woken at night understands.',
      element: textInput(start.title, { placeholder: 'checkout returns 500s', max: titleMax }),
    }),
    input({
      name: 'severity',
      label: 'Severity',
      hint: 'When in doubt, take the graver one. It can be lowered later.',
      element: choiceInput(severities, start.severity, 'radio_buttons'),
    }),
  ],
  run: async (call, { values }) => {
    const outcome = await call.perform(aggregate, newSubject, { type: 'incident.declare', ...values })
    return answer(outcome, declaredSentence)
  },
})

export const severityForm = modal({
  id: 'incidents.severity',
  title: 'Change severity',
  submit: 'Change',
  who: 'responders',
  meta: z.object({ incident: z.string(), severities: severityChoices }),
  values: z.object({ to: chosenSeverity, reason: optionalText }),
  blocks: ({ severities }, start) => [
    input({ name: 'to', label: 'Severity', element: choiceInput(severities, start.to, 'radio_buttons') }),
    input({
      name: 'reason',
      label: 'Why?',
      hint: 'Needed when the severity is lowered.',
      isOptional: true,
      element: textInput(start.reason, { isMultiline: true }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const outcome = await call.perform(aggregate, meta.incident, { type: 'incident.changeSeverity', ...values })
    return answer(outcome, () => null)
  },
})

export const resolveForm = modal({
  id: 'incidents.resolve',
  title: 'Resolve',
  submit: 'Resolve',
  who: 'responders',
  meta: z.object({ incident: z.string(), title: z.string(), stillOpen: z.array(z.string()) }),
  values: z.object({ summary: optionalText }),
  blocks: ({ title, stillOpen }, start) => [
    section(`*${escapeInline(title)}*`),
    ...(stillOpen.length > 0
      ? [section(`:warning: Still open:\n${stillOpen.map((one) => `• ${one}`).join('\n')}`)]
      : []),
    input({
      name: 'summary',
      label: 'What ended it?',
      hint: 'One or two sentences. It is shown on the card.',
      isOptional: true,
      element: textInput(start.summary, { isMultiline: true }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const outcome = await call.perform(aggregate, meta.incident, { type: 'incident.resolve', ...values })
    return answer(outcome, () => null)
  },
})

export function openDeclareForm(call: Call, start: { title: string; severity?: string }): ModalView {
  const rules = call.policy(aggregate)
  const title = shorten(start.title.replaceAll(/\s+/g, ' ').trim(), titleMax)
  return declareForm.open({ severities: choices(call) }, { title, severity: start.severity ?? rules.defaultSeverity })
}

export function openSeverityForm(call: Call, incident: Incident): ModalView {
  return severityForm.open({ incident: incident.id, severities: choices(call) }, { to: incident.severity })
}

export function openResolveForm(incident: Incident, questions: readonly string[], summary: string): ModalView {
  const title = shorten(`${key(incident)} ${incident.title}`, titleMax)
  return resolveForm.open(
    { incident: incident.id, title, stillOpen: questions.slice(0, 10).map((question) => shorten(question, 150)) },
    { summary },
  )
}

function choices(call: Call) {
  const rules = call.policy(aggregate)
  return rules.severities.map((severity) => ({
    value: severity,
    text: severity,
    description: shorten(rules.describe(severity), 75),
  }))
}
