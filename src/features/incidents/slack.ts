/** How people ask for things about incidents, and the sentence each gets back. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import { command, type Noun, optionalRest, personArg, restOfLine, type SubjectKind } from '../../core/commands.ts'
import { onClick, type Shortcut, type SlackEventListener } from '../../core/interactions.ts'
import { newSubject } from '../../core/perform.ts'
import { gate } from '../../core/slots.ts'
import { mention } from '../../lib/mrkdwn.ts'
import { aggregate } from './aggregate.ts'
import { answer, declaredSentence, sentence } from './answers.ts'
import type { Incident } from './domain.ts'
import { declareForm, openDeclareForm, openResolveForm, openSeverityForm, resolveForm, severityForm } from './forms.ts'
import { idInChannel, listNewest, listOpen, load } from './store.ts'
import { card, changeSeverityButton, declareButton, key, line, list, resolveButton, takeLeadButton } from './views.ts'

/** What features to the right want to be asked about before an incident is resolved. */
export const resolveGate = gate<Incident>('incidents.resolveGate')

export const incidentSubject: SubjectKind = {
  name: 'incident',
  pattern: /^(?:#|inc-)(\d{1,9})$/i,
  inChannel: idInChannel,
  open: async (db) => (await listOpen(db)).map((incident) => ({ id: incident.id, text: line(incident) })),
}

const severityWord = z.string().transform((word) => word.toUpperCase())
const severityPattern = /^p\d$/i

export const modals = [declareForm, severityForm, resolveForm]

export const noun: Noun = {
  name: 'inc',
  aliases: ['incident'],
  description: 'Declare and run incidents.',
  usageHint: '<what is wrong> | lead | sev | note | resolve | list | help',
  subject: incidentSubject,
  shorthand: severityPattern,
  bare: async (call) => showList(call),
  freeText: (call, text) => fromFreeText(call, text),
}

export const commands = [
  command({
    path: 'inc new',
    aliases: ['declare', 'open', 'start'],
    summary: 'Declare an incident. Its channel opens at once.',
    args: z.object({ title: restOfLine }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc new checkout returns 500s', '/inc new p1 checkout is down'],
    form: async (call) => ({ open: openDeclareForm(call, { title: '' }) }),
    run: (call, { args }) => declare(call, args.title),
  }),
  command({
    path: 'inc lead',
    aliases: ['ic'],
    summary: 'Take the lead of an incident, or give it to somebody.',
    args: z.object({ who: personArg.optional() }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc lead', '/inc lead @ben', '/inc lead #42'],
    run: async (call, { args, subject }) => {
      const to = args.who ?? call.person.id
      const outcome = await call.perform(aggregate, subject, { type: 'incident.giveLead', to })
      return answer(
        outcome,
        (incident) => `${to === call.person.id ? 'You lead' : `${mention(to)} leads`} ${key(incident)} now.`,
      )
    },
  }),
  command({
    path: 'inc sev',
    aliases: ['severity'],
    summary: 'Change the severity of an incident. Lowering it needs a reason.',
    args: z.object({ to: severityWord, reason: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc sev p1', '/inc sev p3 only one customer is affected', '/inc sev #42 p2'],
    form: (call, subject) => askForSeverity(call, subject),
    run: (call, { args, subject }) => changeSeverity(call, subject, args),
  }),
  command({
    path: 'inc resolve',
    aliases: ['resolved'],
    summary: 'Say that it is over.',
    args: z.object({ summary: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc resolve', '/inc resolve #42 rolled back, error rate is back to normal'],
    run: (call, { args, subject }) => askOrResolve(call, subject, args.summary),
  }),
  command({
    path: 'inc list',
    aliases: ['ls'],
    summary: 'Show what is open; with «all», the newest twenty.',
    args: z.object({ which: z.enum(['open', 'all']).default('open') }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc list', '/inc list all'],
    run: (call, { args }) => showList(call, args.which),
  }),
  command({
    path: 'inc info',
    aliases: ['show', 'status'],
    summary: 'Show the card of an incident, to you only.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc info', '/inc info #42'],
    run: async (call, { subject }) => {
      const incident = await load(call.db, subject)
      return incident ? { tell: card(incident, call.policy(aggregate)) } : sentence({ refused: 'no-such-incident' })
    },
  }),
]

export const clicks = [
  onClick(takeLeadButton, {
    who: 'responders',
    run: async (call, { incident }) => {
      const outcome = await call.perform(aggregate, incident, { type: 'incident.giveLead', to: call.person.id })
      return answer(outcome, () => null)
    },
  }),
  onClick(changeSeverityButton, { who: 'responders', run: (call, { incident }) => askForSeverity(call, incident) }),
  onClick(resolveButton, { who: 'responders', run: (call, { incident }) => askOrResolve(call, incident, null) }),
  onClick(declareButton, {
    who: 'anyone',
    run: async (call, { title }) => ({ open: openDeclareForm(call, { title }) }),
  }),
]

export const shortcuts: Shortcut[] = [
  {
    id: 'incidents.declareFromMessage',
    name: 'Declare incident',
    type: 'message',
    description: 'Open an incident about this message.',
    who: 'anyone',
    run: async (call, message) => ({ open: openDeclareForm(call, { title: message?.text ?? '' }) }),
  },
]

export const slackEvents: SlackEventListener[] = [
  {
    subscription: 'app_mention',
    type: 'app_mention',
    who: 'anyone',
    run: async (call) => showList(call),
  },
]

async function declare(call: Call, words: string): Promise<Answer> {
  const [first = '', ...others] = words.split(/\s+/)
  const hasSeverity = severityPattern.test(first)
  const title = hasSeverity ? others.join(' ') : words
  const severity = hasSeverity ? first.toUpperCase() : null
  if (title === '') return { open: openDeclareForm(call, { title: '', ...(severity ? { severity } : {}) }) }
  const outcome = await call.perform(aggregate, newSubject, { type: 'incident.declare', title, severity })
  return answer(outcome, declaredSentence)
}

/** `/inc checkout returns 500s` declares; `/inc p1` in an incident's channel means its severity. */
async function fromFreeText(call: Call, text: string): Promise<Answer> {
  const [first = '', ...others] = text.split(/\s+/)
  const here = call.channelId === null ? null : await idInChannel(call.db, call.channelId)
  if (severityPattern.test(first) && here !== null) {
    return changeSeverity(call, here, { to: first.toUpperCase(), reason: others.join(' ') })
  }
  return declare(call, text)
}

async function changeSeverity(
  call: Call,
  subject: string,
  { to, reason }: { to: string; reason: string },
): Promise<Answer> {
  const outcome = await call.perform(aggregate, subject, { type: 'incident.changeSeverity', to, reason })
  return answer(outcome, (incident) =>
    incident.channel?.id === call.channelId ? null : `${key(incident)} is ${incident.severity} now.`,
  )
}

async function askForSeverity(call: Call, subject: string): Promise<Answer> {
  const incident = await load(call.db, subject)
  return incident ? { open: openSeverityForm(call, incident) } : sentence({ refused: 'no-such-incident' })
}

/** With a summary and nothing left open it is done at once; else the form asks. */
async function askOrResolve(call: Call, subject: string, summary: string | null): Promise<Answer> {
  const incident = await load(call.db, subject)
  if (!incident) return sentence({ refused: 'no-such-incident' })
  if (incident.status === 'resolved') return sentence({ refused: 'already-resolved' })
  const questions = await call.slots.questions(resolveGate, call.db, incident)
  if (summary === null || questions.length > 0) return { open: openResolveForm(incident, questions, summary ?? '') }
  const outcome = await call.perform(aggregate, subject, { type: 'incident.resolve', summary })
  return answer(outcome, (resolved) =>
    resolved.channel?.id === call.channelId ? null : `${key(resolved)} is resolved.`,
  )
}

async function showList(call: Call, which: 'open' | 'all' = 'open'): Promise<Answer> {
  const incidents = which === 'open' ? await listOpen(call.db) : await listNewest(call.db, 20)
  return { tell: list(incidents, which === 'open' ? 'No incident is open.' : 'There was no incident yet.') }
}
