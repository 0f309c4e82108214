/** How an action looks. On a phone, the first three lines say what, where, from what to what, who feels it, who asks. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { context, actions as row, section } from '../../lib/blocks.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, escapeText, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural, list as sentenceList } from '../../lib/words.ts'
import { momentForClients } from './clients.ts'
import { missingApprovals } from './decide.ts'
import { type Action, ends, type Obstacle, type State } from './domain.ts'
import { shortHash } from './plan-hash.ts'
import type { Rules } from './rules.ts'

const one = z.object({ action: z.string() })
const planned = z.object({ action: z.string(), plan: z.string() })

export const approveButton = button('actions.approve', planned)
export const denyButton = button('actions.deny', one)
export const withdrawButton = button('actions.withdraw', one)
export const runNowButton = button('actions.runNow', one)
export const stopButton = button('actions.stop', one)
export const replanButton = button('actions.replan', one)
export const breakGlassButton = button('actions.breakGlass', one)
export const lookAgainButton = button('actions.lookAgain', one)
export const settleButton = button('actions.settle', one)
export const undoButton = button('actions.undo', one)
export const againButton = button('actions.again', one)
export const reviewButton = button('actions.review', one)
export const tellClientsButton = button('actions.tellClients', one)
/** On the incident's card, and wherever there is no better beginning. */
export const runActionButton = button('actions.run', z.object({ incident: z.string().nullable() }))

export function key({ id }: Pick<Action, 'id'>): string {
  return `A-${id}`
}

export function card(action: Action, rules: Rules): Message {
  return {
    text: `${key(action)} ${escapeInline(action.title)}, ${escapeInline(action.target.environment)}: ${stateWords[action.state]}`,
    blocks: [
      section(headLines(action).join('\n')),
      ...stateParts(action),
      ...details(action),
      ...buttons(action, rules),
      context([footer(action)]),
    ],
  }
}

/** The three lines. */
function headLines(action: Action): string[] {
  const { target, plan } = action
  const head = `${marks[action.state]} ${bold(`${action.title} · ${target.service} · ${target.environment}`)} ${stateWords[action.state]}`
  if (plan === null) return [head, askedBy(action)]
  const change = `${bold(shorten(plan.before, 60))} → ${bold(shorten(plan.after, 60))} · ${escapeInline(shorten(plan.blastRadius, 120))}`
  return [head, change, askedBy(action)]
}

function askedBy(action: Action): string {
  const expiry =
    (action.state === 'waiting' || action.state === 'approved') && action.planExpiresAt !== null
      ? ` · expires ${when(action.planExpiresAt, '{time}')}`
      : ''
  const cause = action.incident === null ? '' : ` for INC-${escapeInline(action.incident)}`
  return `asked by ${asker(action)}${cause}${answeredFor(action)}${expiry}`
}

/** Who said that it may be done. While it waits, that stands further below. */
function answeredFor({ state, approvals, breakGlass }: Action): string {
  if (state === 'waiting' || state === 'planning') return ''
  if (breakGlass !== null) return ` · glass broken by ${mention(breakGlass.by)}`
  return approvals.length === 0 ? '' : ` · approved by ${sentenceList(approvals.map(({ person }) => mention(person)))}`
}

export function asker({ requestedBy, origin }: Pick<Action, 'requestedBy' | 'origin'>): string {
  const label = origin === null ? '' : escapeInline(origin.label)
  if (requestedBy === null) return label === '' ? 'Tocsin' : label
  return label === '' ? mention(requestedBy) : `${mention(requestedBy)} (${label})`
}

/** What this state wants said beyond its name. */
function stateParts(action: Action): Block[] {
  switch (action.state) {
    case 'no_plan':
      return [section(`No plan can be made: ${escapeText(shorten(action.detail, 1_000))}`)]
    case 'waiting':
      return [section(waitingWords(action))]
    case 'denied':
      return action.denied === null
        ? []
        : [section(`Denied by ${mention(action.denied.by)}: ${escapeText(shorten(action.denied.reason, 500))}`)]
    case 'blocked':
      return action.blocked === null ? [] : [section(blockedWords(action.blocked))]
    case 'running':
    case 'stopping':
    case 'verifying':
      return [...stopWords(action), ...progress(action)]
    case 'succeeded':
    case 'verify_failed':
      return [...probed(action), ...lastLines(action.tail, 6)]
    case 'failed':
    case 'stopped':
      return [...stopWords(action), ...progress(action)]
    case 'unknown':
      return [section(unknownWords(action)), ...lastLines(action.tail, 12)]
    case 'settled_done':
    case 'settled_not_done':
      return [section(`Settled: ${escapeText(shorten(action.detail, 1_000))}`)]
    default:
      return []
  }
}

function blockedWords({ why, whose }: Obstacle): string {
  return `Blocked: ${whose === null ? '' : `${mention(whose)} `}${escapeText(shorten(why, 1_000))}`
}

function waitingWords(action: Action): string {
  const groups = action.needs.map((need) => `${plural(need.count, 'person', 'people')} of ${escapeInline(need.group)}`)
  const given = action.approvals.map((approval) => mention(approval.person))
  const so = given.length === 0 ? '' : ` Approved by ${sentenceList(given)}.`
  const glass =
    action.breakGlass === null
      ? ''
      : `\n:rotating_light: ${mention(action.breakGlass.by)} breaks the glass; it begins ${when(action.breakGlass.effectiveAt, '{time}')} unless somebody denies it.`
  return `Needs ${sentenceList(groups)}, not ${asker(action)}; ${missingApprovals(action)} to go.${so}${glass}`
}

function unknownWords(action: Action): string {
  const seen = action.reconcile?.why ?? ''
  const found =
    action.reconcile?.doneAt == null
      ? 'I am looking what became of it.'
      : seen === action.detail
        ? 'I looked, and cannot tell more.'
        : `I looked, and cannot tell: ${escapeText(shorten(seen, 300))}`
  const said = action.settlements.map(
    (one) =>
      `\n${mention(one.by)} says it was ${one.verdict === 'done' ? 'done' : 'not done'}: ${escapeText(shorten(one.evidence, 300))}`,
  )
  return `*Nobody knows whether this happened. Do not do it again by hand.* ${escapeText(shorten(action.detail, 300))}\n${found} The target stays locked.${said.join('')}`
}

function stopWords({ stop, state }: Action): Block[] {
  if (stop === null) return []
  const by = stop.by === null ? 'Tocsin' : mention(stop.by)
  const lock = state === 'stopped' || state === 'failed' ? '' : ' The target stays locked until it has.'
  return [section(`${by} asked to stop it: ${escapeText(shorten(stop.reason, 300))}.${lock}`)]
}

function probed({ probes }: Action): Block[] {
  const lines = probes.map(({ isOk, what, saw }) => {
    // “… gives 500: 500” says it twice.
    const seen = isOk && what.endsWith(` ${saw}`) ? '' : `: ${escapeInline(shorten(saw, 200))}`
    return `${isOk ? ':white_check_mark:' : ':x:'} ${escapeInline(shorten(what, 150))}${seen}`
  })
  return lines.length === 0 ? [] : [section(lines.join('\n'))]
}

function progress({ detail, tail }: Action): Block[] {
  return [...(detail === '' ? [] : [section(escapeText(shorten(detail, 500)))]), ...lastLines(tail, 12)]
}

/** Of what it prints, as it prints them: no mention, no link, no markup. */
function lastLines(tail: string, count: number): Block[] {
  const lines = tail.trimEnd().replaceAll('```', "'''").split('\n').slice(-count).join('\n').slice(-1_500)
  return lines.trim() === '' ? [] : [section(`\`\`\`${escapeText(lines)}\`\`\``)]
}

function details({ plan, reason, state }: Action): Block[] {
  if (plan === null) return [context([`Why: ${escapeInline(shorten(reason, 300))}`])]
  // What was forecast has come true, or has not. The steps of one that did not work say what it may have left.
  const isOver = ends.includes(state)
  const facts = [
    `Lost: ${plan.lost === null ? 'nothing' : bold(shorten(plan.lost, 200))}`,
    ...(isOver
      ? []
      : [`Takes: ${plan.takesSeconds === null ? 'not known' : `about ${formatDuration(plan.takesSeconds * 1_000)}`}`]),
    `Undo: ${plan.inverse === null ? bold('cannot be undone') : 'can be asked for afterwards'}`,
  ]
  const steps = plan.steps.slice(0, 10).map((step, index) => `${index + 1}. ${escapeInline(shorten(step, 200))}`)
  const remarks = (plan.remarks ?? []).slice(0, 3).map((remark) => escapeInline(shorten(remark, 200)))
  return [
    context([facts.join(' · ')]),
    ...(steps.length === 0 || state === 'succeeded' ? [] : [context([steps.join('\n')])]),
    context([`Why: ${escapeInline(shorten(reason, 300))}`, ...remarks]),
  ]
}

function buttons(action: Action, rules: Rules): Block[] {
  const value = { action: action.id }
  const drawn = [...buttonsOf(action, rules, value), ...clientButtons(action)]
  return drawn.length === 0 ? [] : [row(drawn)]
}

function buttonsOf(action: Action, rules: Rules, value: { action: string }): Block[] {
  const glass = rules.catalogue.get(action.name)?.breakGlass ?? 'never'
  switch (action.state) {
    case 'no_plan':
    case 'blocked':
      return [replanButton.draw('Plan again', value, { style: 'primary' }), withdrawButton.draw('Withdraw', value)]
    case 'waiting':
      return [
        approveButton.draw('Approve', { ...value, plan: action.planHash ?? '' }, { style: 'primary' }),
        denyButton.draw('Deny', value, { style: 'danger' }),
        withdrawButton.draw('Withdraw', value),
        ...(glass !== 'never' && action.incident !== null && action.breakGlass === null
          ? [breakGlassButton.draw('Break glass', value)]
          : []),
      ]
    case 'approved':
      return [
        ...(action.runsItself ? [] : [runNowButton.draw('Run now', value, { style: 'primary' })]),
        denyButton.draw('Deny', value, { style: 'danger' }),
        withdrawButton.draw('Withdraw', value),
      ]
    case 'running':
      return rules.catalogue.get(action.name)?.canStop ? [stopButton.draw('Stop', value, { style: 'danger' })] : []
    case 'unknown':
      return [lookAgainButton.draw('Look again', value), settleButton.draw('Say what happened', value)]
    case 'succeeded':
    case 'verify_failed':
    case 'settled_done':
      return action.plan?.inverse ? [undoButton.draw('Undo…', value)] : []
    case 'expired':
    case 'failed':
    case 'stopped':
    case 'settled_not_done':
      return [againButton.draw('Ask again', value)]
    default:
      return []
  }
}

function clientButtons(action: Action): Block[] {
  return momentForClients(action) === null ? [] : [tellClientsButton.draw('Draft client update', { action: action.id })]
}

/** For one person, who may not be where the card is. */
export function approvalAsked(action: Action, text: string): Message {
  const value = { action: action.id }
  const approve = approveButton.draw('Approve', { ...value, plan: action.planHash ?? '' }, { style: 'primary' })
  return { text, blocks: [section(text), row([approve, denyButton.draw('Deny', value, { style: 'danger' })])] }
}

/** What is said in the channel, with the message to clients at hand: nobody should have to look for it at night. */
export function saidWithClients(action: Action, text: string): Message {
  const drawn = clientButtons(action)
  return drawn.length === 0 ? { text } : { text, blocks: [section(text), row(drawn)] }
}

function footer(action: Action): string {
  const hash = action.planHash === null ? '' : ` · plan \`${shortHash(action.planHash)}\``
  return `${key(action)} · T${action.tier}${hash} · \`/action status ${key(action)}\``
}

/** One line a person can tell it by. */
export function line(action: Action): string {
  const { target } = action
  return `${bold(key(action))} ${escapeInline(`${action.title} · ${target.environment}`)} · ${stateWords[action.state]} · ${asker(action)}`
}

export function isOver(action: Action): boolean {
  return ends.includes(action.state)
}

/** What an action has come to, as in «A-3 is planned». */
export const stateWords: Readonly<Record<State, string>> = {
  planning: 'is being planned',
  no_plan: 'has no plan',
  waiting: 'waits for approval',
  approved: 'is approved',
  denied: 'was denied',
  expired: 'expired',
  withdrawn: 'was withdrawn',
  preflight: 'is about to begin',
  blocked: 'is blocked',
  dispatching: 'is starting',
  running: 'is running',
  stopping: 'is being stopped',
  verifying: 'is done and being verified',
  succeeded: 'worked, verified',
  failed: 'failed',
  stopped: 'was stopped',
  verify_failed: 'ran, and did not help',
  unknown: 'is in an unknown state',
  settled_done: 'was done (said by people)',
  settled_not_done: 'was not done',
}

const marks: Readonly<Record<State, string>> = {
  planning: ':hourglass_flowing_sand:',
  no_plan: ':warning:',
  waiting: ':raised_hand:',
  approved: ':ballot_box_with_check:',
  denied: ':no_entry:',
  expired: ':alarm_clock:',
  withdrawn: ':leftwards_arrow_with_hook:',
  preflight: ':hourglass_flowing_sand:',
  blocked: ':no_entry:',
  dispatching: ':arrow_forward:',
  running: ':arrow_forward:',
  stopping: ':octagonal_sign:',
  verifying: ':mag:',
  succeeded: ':white_check_mark:',
  failed: ':x:',
  stopped: ':octagonal_sign:',
  verify_failed: ':x:',
  unknown: ':grey_question:',
  settled_done: ':white_check_mark:',
  settled_not_done: ':white_circle:',
}
