/** How a silence looks where alerts are shown. */
import { z } from 'zod'
import type { Message } from '../../../core/effects.ts'
import { button } from '../../../core/interactions.ts'
import { actions, section } from '../../../lib/blocks.ts'
import { printMatchers } from '../../../lib/matchers.ts'
import { bold, escapeInline, mention, when } from '../../../lib/mrkdwn.ts'
import { shorten } from '../../../lib/text.ts'
import { isOverByTime, lostThere, type Silence } from './domain.ts'

export const endSilenceButton = button('alerts.unsilence', z.object({ silence: z.string() }))

export function silenceMessage(silence: Silence): Message {
  const isActive = silence.status === 'active'
  const head = isActive
    ? `:no_bell: ${bold(silence.id)} silences ${matchWords(silence)} until ${when(silence.until)}`
    : `:bell: ${bold(silence.id)} is over: ${matchWords(silence)}`
  const facts = [
    ...(silence.createdBy === null ? [] : [`by ${mention(silence.createdBy)}`]),
    escapeInline(shorten(silence.reason, 300)),
    ...(isActive ? [] : [endWords(silence)]),
    ...(silence.changedThereAt === null ? [] : [`changed in Alertmanager ${when(silence.changedThereAt)}`]),
    ...(silence.remoteId === null || !isActive ? [] : ['in Alertmanager, too']),
    ...(silence.remoteTrouble === null ? [] : [troubleWords(silence.remoteTrouble)]),
  ]
  return {
    text: isActive ? `${silence.id} is a silence` : `${silence.id} is over`,
    blocks: [
      section(`${head}\n${facts.join(' · ')}`),
      ...(isActive ? [actions([endSilenceButton.draw('Unsilence', { silence: silence.id })])] : []),
    ],
  }
}

function endWords(silence: Silence): string {
  if (silence.endedThere) return 'ended in Alertmanager'
  if (silence.endedBy !== null) return `ended by ${mention(silence.endedBy)}`
  return isOverByTime(silence) ? 'its time is over' : 'ended'
}

function troubleWords(code: string): string {
  return code === lostThere ? 'Alertmanager loses it again and again' : `not in Alertmanager (${escapeInline(code)})`
}

/** One line in a list. */
export function silenceLine(silence: Silence): string {
  const who = silence.createdBy === null ? '' : ` by ${mention(silence.createdBy)}`
  const why = escapeInline(shorten(silence.reason, 80))
  return `:no_bell: ${bold(silence.id)} ${matchWords(silence)} until ${when(silence.until)}${who}: ${why}`
}

export function matchWords({ match }: Pick<Silence, 'match'>): string {
  return escapeInline(shorten(printMatchers(match), 300))
}
