/** `/alert`: what fires, why, and what to do about it. */
import { z } from 'zod'
import { type Answer, type Call, refuse, silence, tell } from '../../core/call.ts'
import { command, type Noun, restOfLine } from '../../core/commands.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { nearest } from '../../lib/words.ts'
import { incidentSubject, isOver, readIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import type { AlertGroup } from './domain.ts'
import { infoMessage, listMessage } from './lists.ts'
import { noiseReport } from './noise.ts'
import { createSilence, endSilence, matchersFor, openSilenceForm, readSilence } from './silences/asking.ts'
import { listActive } from './silences/store.ts'
import { loadWatch } from './silences/watch/aggregate.ts'
import { watched } from './silences/watch/effects.ts'
import { acknowledge, declareFrom } from './slack.ts'
import { sources } from './sources/index.ts'
import { countFiring, findByPrefix, listFiring } from './store.ts'
import { fireTest } from './testing.ts'
import { why } from './why.ts'
import { shortId, titleOf } from './words.ts'

export const noun: Noun = {
  name: 'alert',
  aliases: [],
  description: 'See what fires and why, acknowledge it, silence it.',
  usageHint: 'list | info | ack | silence | why | declare | attach | noisy | help',
  bare: (call) => list(call),
  freeText: (call, text) => about(call, text.trim(), info),
  // The beginning of an id; it has a digit, or it would be taken for a mistyped verb.
  shorthand: /^#?(?=[a-f]*\d)[0-9a-f]{4,20}$/i,
}

const idWord = z.string()

export const commands = [
  command({
    path: 'alert list',
    aliases: ['ls'],
    summary: 'Show what fires now, and which silences hold.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/alert list'],
    run: (call) => list(call),
  }),
  command({
    path: 'alert info',
    aliases: ['show'],
    summary: 'Show everything that is known of an alert, to you only.',
    args: z.object({ id: idWord }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/alert info 3f9ab2'],
    run: (call, { args }) => about(call, args.id, info),
  }),
  command({
    path: 'alert ack',
    aliases: ['acknowledge'],
    summary: 'Say that you have it.',
    args: z.object({ id: idWord }),
    needsSubject: false,
    who: 'responders',
    examples: ['/alert ack 3f9ab2'],
    run: (call, { args }) =>
      about(call, args.id, async (_call, group) => {
        const told = await acknowledge(call, group.id)
        return told === silence ? tell(`You have ${escapeInline(titleOf(group))}.`) : told
      }),
  }),
  command({
    path: 'alert silence',
    aliases: ['mute'],
    summary: 'Hear nothing of some alerts for a while: labels or an id, for how long, and why.',
    args: z.object({ what: restOfLine }),
    needsSubject: false,
    who: 'responders',
    examples: ['/alert silence service="search" 2h new disks are coming', '/alert silence 3f9ab2 30m we are on it'],
    form: async (call) => openSilenceForm(call, null),
    run: (call, { args }) => silenceInWords(call, args.what),
  }),
  command({
    path: 'alert unsilence',
    aliases: ['unmute'],
    summary: 'End a silence before its time.',
    args: z.object({ silence: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/alert unsilence S-7'],
    run: async (call, { args }) => {
      const id = `S-${args.silence.replace(/\D/g, '')}`
      const told = await endSilence(call, id)
      return told === silence ? tell(`${id} is over. What still fires is shown again.`) : told
    },
  }),
  command({
    path: 'alert why',
    summary: 'Say what became of an alert, stage by stage: what kept it quiet, which route it took, what was done.',
    args: z.object({ id: idWord }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/alert why 3f9ab2'],
    run: (call, { args }) => about(call, args.id, async (_call, group) => ({ tell: await why(call, group) })),
  }),
  command({
    path: 'alert declare',
    summary: 'Declare an incident for an alert.',
    args: z.object({ id: idWord }),
    needsSubject: false,
    who: 'responders',
    examples: ['/alert declare 3f9ab2'],
    run: (call, { args }) => about(call, args.id, declareFrom),
  }),
  command({
    path: 'alert attach',
    aliases: ['join'],
    summary: 'Make an alert part of an incident that runs.',
    args: z.object({ id: idWord, incident: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/alert attach 3f9ab2 #42'],
    run: (call, { args }) => about(call, args.id, (_call, group) => attach(call, group, args.incident)),
  }),
  command({
    path: 'alert test',
    summary: 'Send the example of a source through its real route. It wakes nobody, and ends by itself.',
    args: z.object({ source: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: [`/alert test ${sources[0]?.name ?? 'generic'}`],
    run: async (call, { args }) => {
      const source = sources.find(({ name }) => name === args.source.toLowerCase())
      if (source) return fireTest(call, source)
      const names = sources.map(({ name }) => name)
      const [close] = nearest(args.source.toLowerCase(), names)
      return refuse(
        `There is no source of that name.${close ? ` Did you mean ${close}?` : ''} There are ${names.join(', ')}.`,
      )
    },
  }),
  command({
    path: 'alert noisy',
    aliases: ['noise'],
    summary: 'Which alerts cry wolf: how often each fired, and what came of it.',
    args: z.object({ days: z.coerce.number().int().min(1).max(90).default(7) }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/alert noisy', '/alert noisy 30'],
    run: async (call, { args }) => ({ tell: await noiseReport(call, args.days) }),
  }),
]

const shownMax = 12

async function list(call: Call): Promise<Answer> {
  const [groups, count, silences, watch] = await Promise.all([
    listFiring(call.db, shownMax),
    countFiring(call.db),
    listActive(call.db, shownMax),
    loadWatch(call.db, watched),
  ])
  return { tell: listMessage({ groups, count, silences, watchTrouble: watch?.trouble ?? null }) }
}

async function info(call: Call, group: AlertGroup): Promise<Answer> {
  return { tell: infoMessage(group, call.policy(aggregate)) }
}

/** By the beginning of its id, as it stands on its message. */
async function about(
  call: Call,
  word: string,
  go: (call: Call, group: AlertGroup) => Promise<Answer>,
): Promise<Answer> {
  const found = await findByPrefix(call.db, word.replace(/^#/, '').toLowerCase())
  const [group, another] = found
  if (!group) return sentence({ refused: 'no-such-alert' })
  if (another)
    return refuse(`More than one id begins so: ${shortId(group.id)}… and ${shortId(another.id)}…. Write more of it.`)
  return go(call, group)
}

async function silenceInWords(call: Call, words: string): Promise<Answer> {
  const [first = '', ...rest] = words.split(/\s+/)
  const [group] = await findByPrefix(call.db, first.replace(/^#/, '').toLowerCase())
  const wanted = readSilence(group ? `x="x" ${rest.join(' ')}` : words)
  if ('problem' in wanted) return group && rest.length === 0 ? openSilenceForm(call, group) : refuse(wanted.problem)
  return createSilence(call, group ? { ...wanted, match: matchersFor(group) } : wanted)
}

async function attach(call: Call, group: AlertGroup, word: string): Promise<Answer> {
  const id = incidentSubject.pattern.exec(word)?.[1] ?? (/^\d{1,9}$/.test(word) ? word : null)
  const incident = id === null ? null : await readIncident(call, id)
  if (incident === null) return refuse('There is no incident of that number. `/inc list` shows what is open.')
  if (isOver(incident))
    return refuse(`INC-${incident.id} is over. \`/inc reopen #${incident.id} <why>\` takes that back.`)
  // The message of an alert is seen by everybody, and a private incident by its members only.
  if (incident.isPrivate)
    return refuse(`INC-${incident.id} is private, and an alert is not: its message would tell of it.`)
  const { status, severity } = incident
  const linked = { id: incident.id, status, severity }
  const outcome = await call.perform(aggregate, group.id, {
    type: 'alert.linkIncident',
    incident: linked,
    leaves: true,
  })
  return answer(outcome, (after) => `${titleOf(after)} belongs to INC-${incident.id} now.`)
}
