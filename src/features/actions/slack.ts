/** `/action`: how people ask for actions in words, and what each verb answers. */
import { z } from 'zod'
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import { command, type Noun, optionalRest, restOfLine, type SubjectKind } from '../../core/commands.ts'
import { didYouMean } from '../../core/help.ts'
import { newSubject } from '../../core/perform.ts'
import { parseDuration } from '../../lib/duration.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { nearest } from '../../lib/words.ts'
import { aggregate } from './aggregate.ts'
import { approve, find, isAction, refusalToInterfere } from './answering.ts'
import { answer } from './answers.ts'
import { askForAction, incidentHere } from './asking.ts'
import { readAudit } from './audit.ts'
import { openConfirmForm } from './confirming.ts'
import { approveForm, denyForm, glassForm, metaOf, openRequestForm, reviewForm, settleForm } from './forms.ts'
import { covers } from './freezes.ts'
import { activeHolds, holds } from './holds/store.ts'
import { overview } from './lists.ts'
import type { Rules } from './rules.ts'
import { listNewest, listOpen, listToReview } from './store.ts'
import { actionSwitch, readSwitch, theSwitch } from './switch/store.ts'
import { trail } from './trail.ts'
import { card, key, stateWords } from './views.ts'
import { readTyped } from './wording.ts'

export const actionSubject: SubjectKind = {
  name: 'action',
  pattern: /^a-(\d{1,9})$/i,
  inChannel: async () => null,
  open: async (db) => {
    const open = (await listOpen(db)).filter((action) => !action.isPrivate)
    return open.map((action) => ({
      id: action.id,
      text: `${key(action)} ${action.title} · ${action.target.environment} · ${stateWords[action.state]}`,
    }))
  },
}

export const noun: Noun = {
  name: 'action',
  aliases: [],
  description: 'Roll back, restore and restart things, with a plan and a second person.',
  usageHint: 'rollback <service> [environment] [to] | list | status | approve | hold | log | help',
  subject: actionSubject,
  bare: (call) => showList(call),
  // Verbs of the catalogue are words of this configuration, so every first word is looked up there.
  shorthand: /./,
  freeText: (call, text) => ask(call, text),
}

export const commands = [
  command({
    path: 'action list',
    aliases: ['ls'],
    summary: 'Show what can be done, what is under way, and what stands in the way.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/action list'],
    run: (call) => showList(call),
  }),
  verb('rollback', 'Plan a rollback. Without a version it goes back to the one before.', [
    '/action rollback checkout production',
    '/action rollback checkout production v141 because clients see errors',
  ]),
  verb('restore', 'Plan a restore from a backup.', ['/action restore payments production because rows are gone']),
  command({
    path: 'action status',
    aliases: ['show', 'info'],
    summary: 'Show the card of an action, to you only.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action status A-3'],
    run: async (call, { subject }) => {
      const action = await find(call, subject)
      return isAction(action) ? { tell: card(action, call.policy(aggregate)) } : action
    },
  }),
  command({
    path: 'action approve',
    summary: 'Approve the plan that waits. Nobody approves their own.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action approve A-3'],
    run: (call, { subject }) => approveOrAsk(call, subject, null),
  }),
  command({
    path: 'action deny',
    summary: 'Deny what waits or has not begun.',
    args: z.object({ reason: optionalRest }),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action deny A-3 the backup runs just now'],
    run: (call, { subject, args }) => deny(call, subject, args.reason),
  }),
  command({
    path: 'action withdraw',
    summary: 'Take back what you asked for, before it begins.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action withdraw A-3'],
    run: (call, { subject }) => simply(call, subject, { type: 'action.withdraw' }),
  }),
  command({
    path: 'action run',
    summary: 'Begin what is approved and waits for this word (T3).',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action run A-3'],
    run: (call, { subject }) => interfere(call, subject, { type: 'action.runNow' }),
  }),
  command({
    path: 'action stop',
    aliases: ['cancel', 'abort'],
    summary: 'Stop what runs. Its target stays locked until it has stopped.',
    args: z.object({ reason: optionalRest }),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action stop A-3 it makes things worse'],
    run: (call, { subject, args }) =>
      interfere(call, subject, { type: 'action.askToStop', reason: args.reason || 'no reason given' }),
  }),
  command({
    path: 'action settle',
    summary: 'Say what became of an action whose outcome nobody knows.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/action settle A-3'],
    run: (call, { subject }) => openFor(call, subject, 'settle'),
  }),
  command({
    path: 'action review',
    summary: 'Say whether breaking the glass was right.',
    args: z.object({ verdict: z.enum(['right', 'wrong']), note: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/action review A-3 right nobody else was awake'],
    form: (call, subject) => openFor(call, subject, 'review'),
    run: async (call, { subject, args }) => {
      const action = await find(call, subject)
      if (!isAction(action)) return action
      const outcome = await call.perform(aggregate, subject, { type: 'action.review', ...args })
      return answer(outcome, () => null)
    },
  }),
  command({
    path: 'action hold',
    summary: 'Keep everybody’s hands off a target for a while.',
    args: z.object({ target: z.string(), for: z.string(), reason: restOfLine }),
    needsSubject: false,
    who: 'responders',
    examples: ['/action hold checkout/production 2h the migration runs', '/action hold checkout/* 1d we count stock'],
    run: (call, { args }) => placeHold(call, args),
  }),
  command({
    path: 'action release',
    aliases: ['unhold'],
    summary: 'Let a target go. Somebody else’s hold is released with a reason, and they are told.',
    args: z.object({ target: z.string(), reason: optionalRest }),
    needsSubject: false,
    who: 'responders',
    examples: ['/action release checkout/production the migration is over'],
    run: (call, { args }) => releaseHold(call, args),
  }),
  command({
    path: 'action freeze',
    aliases: ['off'],
    summary: 'Switch off all actions at once. What only reads still works; what runs goes on.',
    args: z.object({ reason: restOfLine }),
    needsSubject: false,
    who: 'responders',
    examples: ['/action freeze the deploy robot runs wild'],
    run: async (call, { args }) => {
      const outcome = await call.perform(actionSwitch, theSwitch, { type: 'switch.off', reason: args.reason })
      return answer(outcome, () => 'Actions are switched off.')
    },
  }),
  command({
    path: 'action unfreeze',
    aliases: ['on'],
    summary: 'Switch actions on again.',
    args: z.object({ reason: optionalRest }),
    needsSubject: false,
    who: 'approvers',
    examples: ['/action unfreeze', '/action unfreeze the robot is asleep'],
    run: async (call, { args }) => {
      const outcome = await call.perform(actionSwitch, theSwitch, { type: 'switch.on', reason: args.reason })
      return answer(outcome, () => 'Actions are switched on again.')
    },
  }),
  command({
    path: 'action log',
    summary: 'Show the newest lines of the audit, of all actions or of one.',
    args: z.object({
      action: z
        .string()
        .regex(/^a-\d{1,9}$/i, 'name an action as A-3')
        .optional(),
    }),
    needsSubject: false,
    who: 'responders',
    examples: ['/action log', '/action log A-3'],
    run: (call, { args }) => showLog(call, args.action ?? null),
  }),
  command({
    path: 'inc rollback',
    summary: 'Plan a rollback for this incident. Without words a form asks which.',
    args: z.object({ what: optionalRest }),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc rollback', '/inc rollback checkout production', '/inc rollback #42 checkout production v141'],
    run: (call, { subject, args }) =>
      args.what.replace(/(?:#|inc-)\d{1,9}/i, '').trim() === ''
        ? openRequest(call, subject, 'rollback')
        : ask(call, `rollback ${args.what}`, subject),
  }),
]

function verb(word: string, summary: string, examples: readonly [string, ...string[]]) {
  return command({
    path: `action ${word}`,
    summary,
    args: z.object({ what: optionalRest }),
    needsSubject: false,
    who: 'anyone',
    examples,
    run: async (call, { args }) =>
      args.what === '' ? openRequest(call, await incidentHere(call), word) : ask(call, `${word} ${args.what}`),
  })
}

async function openRequest(call: Call, incident: string | null, word: string): Promise<Answer> {
  const rules: Rules = call.policy(aggregate)
  const hasAny = [...rules.catalogue.values()].some((entry) => entry.verb === word)
  if (!hasAny) return nothingTo(word)
  return { open: await openRequestForm(call, incident, (entry) => entry.verb === word) }
}

function nothingTo(word: string): Answer {
  return refuse(`The catalogue has nothing to ${word}. \`/action list\` shows what it has.`)
}

async function ask(call: Call, text: string, incident: string | null = null): Promise<Answer> {
  const rules: Rules = call.policy(aggregate)
  const read = readTyped(text, rules.catalogue)
  if ('unknownVerb' in read) return unknownVerb(rules, text, read.unknownVerb)
  if ('problem' in read) return refuse(escapeInline(read.problem))
  const { entry, target, params, reason } = read
  const forIncident = read.incident ?? incident ?? (await incidentHere(call))
  // Without a reason there is no request. The form asks for it, and keeps what was typed.
  if (reason === '' && forIncident === null) {
    const words = Object.entries(params).map(([name, value]) => `${name}=${value}`)
    const start = { what: `${entry.name}|${target}`, params: words.join(' ') }
    return { open: await openRequestForm(call, forIncident, (one) => one.name === entry.name, start) }
  }
  const wish = { name: entry.name, target, params, reason, incident: forIncident }
  return entry.confirms === 'both' ? { open: openConfirmForm(entry, wish) } : askForAction(call, wish)
}

function unknownVerb(rules: Rules, text: string, word: string): Answer {
  if (word === 'rollback' || word === 'restore') return nothingTo(word)
  const verbs = [...rules.catalogue.values()].map((entry) => entry.verb)
  const own = commands.flatMap(({ path, aliases }) => (path.startsWith('action ') ? [path.slice(7), ...aliases] : []))
  const { freeText: _, ...plain } = noun
  return didYouMean(plain, text, { word, nearest: nearest(word, [...verbs, ...own, 'help']), isSingleWord: false })
}

export async function showList(call: Call): Promise<Answer> {
  const rules: Rules = call.policy(aggregate)
  const [open, toReview, held, kill, here] = await Promise.all([
    listOpen(call.db, 20),
    listToReview(call.db),
    activeHolds(call.db, call.now),
    readSwitch(call.db),
    incidentHere(call),
  ])
  const newest = (await listNewest(call.db, 10)).filter((action) => action.endedAt !== null).slice(0, 5)
  const mine = <One extends { isPrivate: boolean; incident: string | null }>(all: readonly One[]) =>
    all.filter((one) => !one.isPrivate || one.incident === here)
  return {
    tell: overview({
      rules,
      open: mine(open),
      newest: mine(newest),
      toReview: mine(toReview),
      held,
      kill,
      now: call.now,
    }),
  }
}

async function showLog(call: Call, named: string | null): Promise<Answer> {
  if (named === null) return { tell: trail(await readAudit(call.db, { subject: null, limit: 20 })) }
  const id = named.slice(2)
  const action = await find(call, id)
  if (!isAction(action)) return action
  return { tell: trail(await readAudit(call.db, { subject: `actions/${id}`, limit: 30 })) }
}

export async function approveOrAsk(call: Call, id: string, plan: string | null): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const isAsked = action.confirms !== 'none' && action.state === 'waiting' && action.requestedBy !== call.person.id
  if (isAsked) return { open: approveForm.open({ ...metaOf(action), plan: plan ?? action.planHash ?? '' }) }
  return approve(call, id, plan)
}

export async function deny(call: Call, id: string, reason: string | null): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const refusal = await refusalToInterfere(call, action)
  if (refusal !== null) return refuse(refusal)
  if (reason === null) return { open: denyForm.open(metaOf(action)) }
  return answer(await call.perform(aggregate, id, { type: 'action.deny', reason }), () => null)
}

type Simple =
  | { type: 'action.withdraw' | 'action.runNow' | 'action.replan' | 'action.lookAgain' }
  | { type: 'action.askToStop'; reason: string }

/** What the rules of the action itself decide about. */
export async function simply(call: Call, id: string, simple: Simple): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  return answer(await call.perform(aggregate, id, simple), () => null)
}

/** What whoever may ask or approve may do. */
export async function interfere(call: Call, id: string, simple: Simple): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const refusal = await refusalToInterfere(call, action)
  return refusal === null ? simply(call, id, simple) : refuse(refusal)
}

export async function openFor(call: Call, id: string, what: 'settle' | 'review' | 'glass'): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  if (what === 'settle') return { open: settleForm.open({ ...metaOf(action), wantsTwo: action.tier === 3 }) }
  if (what === 'review') return { open: reviewForm.open(metaOf(action)) }
  return { open: glassForm.open(metaOf(action, 'glass')) }
}

async function placeHold(call: Call, args: { target: string; for: string; reason: string }): Promise<Answer> {
  const rules: Rules = call.policy(aggregate)
  const scope = args.target.includes('/') ? args.target : `${args.target}/*`
  if (!/^[^/\s]+\/[^/\s]+$/.test(scope))
    return refuse('Name the target as `service/environment`, `service/*` or `*/production`.')
  const milliseconds = parseDuration(args.for)
  if (milliseconds === null || milliseconds === 0)
    return refuse(`\`${escapeInline(args.for)}\` is no duration. Write 30m, 2h or 1d.`)
  const known = [...rules.catalogue.values()].flatMap((entry) => entry.targets)
  if (!known.some((target) => covers(scope, target)))
    return refuse(`No action has to do with ${escapeInline(scope)}. There is ${known.join(', ')}.`)
  const outcome = await call.perform(holds, newSubject, {
    type: 'hold.place',
    scope,
    reason: args.reason,
    milliseconds,
  })
  return answer(outcome, () => `${scope} is held.`)
}

async function releaseHold(call: Call, { target, reason }: { target: string; reason: string }): Promise<Answer> {
  const scope = target.includes('/') ? target : `${target}/*`
  const held = (await activeHolds(call.db, call.now)).filter((hold) => hold.scope === scope)
  const [first] = held
  if (!first) return refuse(`Nothing holds ${escapeInline(scope)}. \`/action list\` shows what is held.`)
  for (const hold of held) {
    // In sequence: one after the other is released, until one is refused.
    const outcome = await call.perform(holds, hold.id, { type: 'hold.release', reason })
    if ('refused' in outcome) return answer(outcome, () => null)
  }
  return tell(`${escapeInline(scope)} is released.`)
}
