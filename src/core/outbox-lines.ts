/**
 * Where an effect waits: at which port, in which line, and before whom. What must stay in order shares a line, a *stream*;
 * what must not wait for each other does not.
 */
import { unreachable } from '../lib/unreachable.ts'
import type { Effect, PerformEffect, Priority, RunEffect, ThingName, TimerEffect } from './effects.ts'
import type { PortName } from './ports.ts'

export type DeliverableEffect = Exclude<Effect, TimerEffect | RunEffect>
export type OutsideEffect = Exclude<DeliverableEffect, PerformEffect>
/** Each port to the outside, and our own commands to each other: those by which somebody may be woken apart. */
export type OutboxPort = PortName | 'perform' | 'urgent'
export const outboxPorts = [
  'pager',
  'urgent',
  'perform',
  'slack',
  'pagerduty',
  'mail',
  'webhook',
  'alertmanager',
  'sns',
  'probe',
] as const satisfies readonly OutboxPort[]

/** A thing that is outside already. */
export interface There {
  /** Nothing can be said in it until it is opened again. */
  isArchived: boolean
}

// What waits as a look stays one: whatever else is wanted meanwhile is done by the same delivery, after looking.
export const look = 'slack.look'

export function thingOf(effect: DeliverableEffect): ThingName | null {
  return 'name' in effect ? effect.name : null
}

/** `slack.say` goes to the port `slack`, and so on: the part of an effect's kind before the point is its port. */
export function portOf(effect: DeliverableEffect): OutboxPort {
  if (effect.kind === 'perform' && effect.isUrgent) return 'urgent'
  return effect.kind.split('.', 1)[0] as OutboxPort
}

/**
 * A message is posted in the order in which things were said, and a channel opened before anything is said in it. Changed
 * later they stay where they are: their edits, of which Slack takes one a second, or twenty topics a minute, stand in a
 * line of their own and hold up nothing that is new. Only a channel's end, and its opening again, keep their place.
 */
export function editStreamOf(effect: DeliverableEffect, there: There | undefined): string | null {
  switch (effect.kind) {
    case 'slack.look':
      return `slack:${effect.name}`
    case 'slack.show':
      return there ? `slack:${effect.name}` : null
    case 'slack.channel':
      return there && !there.isArchived && !effect.desired.isArchived ? `slack:${effect.name}` : null
    default:
      return null
  }
}

/** What must stay in order shares a stream; what must not wait for each other does not. */
export function streamOf(effect: DeliverableEffect, subject: string): string {
  switch (effect.kind) {
    case 'perform':
      return `perform:${effect.feature}/${effect.id}`
    case 'slack.tell':
    case 'slack.home':
      // An answer waits for nobody's card, but two answers to one person come in order.
      return `slack:tell/${effect.person}`
    case 'mail.send':
      // Two mails to one reader come in order; nobody waits for another's.
      return `mail:${subject}:${effect.to.join(',')}`
    default:
      return `${portOf(effect)}:${ownerOfPlace(effect) ?? subject}${publicPlace(effect)}`
  }
}

/**
 * Many write into a channel like #incidents, and Slack lets each channel have about a message a second. What waits for
 * its turn there must not hold up what is said in the subject's own channel.
 */
function publicPlace(effect: DeliverableEffect): string {
  return 'to' in effect && typeof effect.to === 'string' && effect.to.startsWith('#') ? ` ${effect.to}` : ''
}

/** Whatever is said in a channel of ours stands in line with the channel itself, whoever says it. */
function ownerOfPlace(effect: DeliverableEffect): string | null {
  if (!('to' in effect) || typeof effect.to !== 'string') return null
  return /^([^#@/]+\/[^/]+)\/[^/]+$/.exec(effect.to)?.[1] ?? null
}

const ranks: Record<Priority | 'page', number> = { page: 0, answer: 1, state: 2, chatter: 3 }

export function priorityOf(effect: DeliverableEffect): number {
  switch (effect.kind) {
    case 'pager.trigger':
    case 'pager.acknowledge':
    case 'pager.resolve':
    case 'webhook.send':
    case 'perform':
      return ranks.page
    case 'slack.tell':
    case 'slack.home':
    case 'probe.ask':
    case 'pagerduty.invite':
      return ranks.answer
    case 'pagerduty.look':
    case 'pagerduty.find':
    case 'pagerduty.priority':
    case 'slack.channel':
    case 'slack.group':
    case 'slack.look':
      return ranks.state
    case 'slack.show':
      return ranks[effect.priority ?? 'state']
    case 'slack.say':
      return ranks[effect.priority ?? 'chatter']
    case 'alertmanager.silence':
    case 'alertmanager.look':
    case 'slack.react':
    case 'slack.file':
    case 'mail.send':
    case 'sns.confirm':
    case 'pagerduty.note':
      return ranks.chatter
    default:
      return unreachable(effect)
  }
}

interface Waiting {
  effect: DeliverableEffect
  observed: unknown
  stream: string
}

/** What was filed while its thing was on its way turns out to be an edit, and waits where edits wait. */
export function streamOfRetry({ effect, observed, stream }: Waiting): string {
  if (typeof observed !== 'object' || observed === null) return stream
  return editStreamOf(effect, { isArchived: 'isArchived' in observed && observed.isArchived === true }) ?? stream
}
