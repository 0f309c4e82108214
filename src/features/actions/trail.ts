/** `/action log`: the lines of the audit, in words. The whole of each, with its hash, is in the database. */
import type { Message } from '../../core/effects.ts'
import { context, section } from '../../lib/blocks.ts'
import { escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import type { AuditLine } from './audit.ts'
import type { Event } from './domain.ts'
import type { HoldEvent } from './holds/domain.ts'

export function trail(lines: readonly AuditLine[]): Message {
  if (lines.length === 0) return { text: 'The audit has no line about that.' }
  const shown = lines.map(
    (one) =>
      `${one.seq} · ${when(one.at)} · ${whoIn(one.body)} · ${escapeInline(subjectWords(one.subject))}: ${deed(one)}`,
  )
  const pages: string[] = []
  for (let from = 0; from < shown.length; from += 10) pages.push(shown.slice(from, from + 10).join('\n'))
  const end = 'Numbers between these are the database’s own lines. `tocsin audit verify` proves that none was changed.'
  return { text: 'The newest lines of the audit.', blocks: [...pages.map(section), context([end])] }
}

const deeds: Readonly<Record<(Event | HoldEvent)['type'], string>> = {
  'action.requested': 'asked for it',
  'action.planned': 'made the plan',
  'action.planRefused': 'could make no plan',
  'action.replanned': 'asked for a new plan',
  'action.approvalGiven': 'approved it',
  'action.approved': 'gave the last approval that it needed',
  'action.denied': 'denied it',
  'action.withdrawn': 'withdrew it',
  'action.deputiesAsked': 'asked the deputies',
  'action.expired': 'let it expire',
  'action.glassBroken': 'broke the glass',
  'action.runAsked': 'pressed Run now',
  'action.begun': 'locked the target',
  'action.blocked': 'blocked it',
  'action.dispatching': 'checked everything again, and started it',
  'action.started': 'heard that it began',
  'action.progressed': 'heard how far it is',
  'action.stopAsked': 'asked it to stop',
  'action.verifying': 'saw its end, and verifies',
  'action.succeeded': 'saw that it worked, verified',
  'action.failed': 'saw that it failed',
  'action.stopped': 'saw that it stopped',
  'action.verifyFailed': 'saw that it ended, and is not as it should be',
  'action.unknown': 'lost sight of it',
  'action.lookedFor': 'looked what became of it',
  'action.notFound': 'looked, and cannot tell',
  'action.foundAgain': 'found it again',
  'action.settlementGiven': 'said what happened',
  'action.settled': 'settled it',
  'action.unknownPaged': 'called for somebody who knows',
  'action.reviewed': 'reviewed the broken glass',
  'action.reviewMissed': 'missed the review of the broken glass',
  'action.keptLong': 'reminded of what it kept',
  'hold.placed': 'held it',
  'hold.released': 'released it',
}

function deed({ kind, body }: AuditLine): string {
  const [, refused] = /^[a-z]+\.(\w+)\.refused$/i.exec(kind) ?? []
  if (refused !== undefined) return `*refused* to ${inWords(refused)}${detailIn(body)}`
  if (kind === 'switch.turned')
    return `switched actions ${fieldOf(fieldOf(body, 'event'), 'isOff') === true ? 'off' : 'on'}${detailIn(body)}`
  return `${knownDeed(kind) ?? escapeInline(kind)}${detailIn(body)}`
}

function knownDeed(kind: string): string | null {
  return Object.entries(deeds).find(([type]) => type === kind)?.[1] ?? null
}

/** breakGlass → break glass */
function inWords(command: string): string {
  return command.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function subjectWords(subject: string): string {
  return subject
    .replace(/^actions\//, 'A-')
    .replace(/^actionSwitch\/all$/, 'the switch')
    .replace(/^holds\//, 'hold ')
}

function whoIn(body: unknown): string {
  const actor = fieldOf(body, 'actor')
  const id = fieldOf(actor, 'id')
  return typeof id === 'string' ? mention(id) : 'Tocsin'
}

/** What helps a reader at a glance. */
function detailIn(body: unknown): string {
  const event = fieldOf(body, 'event')
  const refused = fieldOf(event, 'refused')
  const said =
    typeof refused === 'string'
      ? refused.replaceAll('-', ' ')
      : ['reason', 'why', 'detail']
          .map((name) => fieldOf(event, name))
          .find((one) => typeof one === 'string' && one !== '')
  return typeof said === 'string' ? `: ${escapeInline(shorten(said, 120))}` : ''
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (Object.entries(value).find(([key]) => key === name)?.[1] ?? null)
    : null
}
