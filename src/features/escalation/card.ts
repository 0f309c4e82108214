/** What a card says of pages: who acknowledged, and whom to ring by hand while PagerDuty does not take them. */
import { z } from 'zod'
import type { Block } from '../../core/effects.ts'
import { context, section } from '../../lib/blocks.ts'
import { mention, when } from '../../lib/mrkdwn.ts'
import { type Incident, isOver } from '../incidents/index.ts'
import { ringWords } from '../oncall/index.ts'

const acknowledged = z.object({ acknowledgedBy: z.string().nullable(), acknowledgedAt: z.string(), via: z.string() })
const reachable = z.object({ person: z.string().nullable(), name: z.string(), phone: z.string().nullable() })
const missed = z.object({
  sentAt: z.string(),
  isRefused: z.boolean(),
  ring: z.array(reachable),
  seenAt: z.string().nullable(),
})
const reached = z.object({ takenAt: z.string(), late: z.string() })

const missedPrefix = 'escalation/pagerduty/'

export function cardKeyOf(team: string): string {
  return `${missedPrefix}${team}`
}

export function cardPart(incident: Incident): Block[] {
  const facts = acknowledged.safeParse(incident.cardFacts.escalation)
  if (facts.success) {
    const { acknowledgedBy, acknowledgedAt, via } = facts.data
    const who = acknowledgedBy === null ? 'somebody' : mention(acknowledgedBy)
    return [
      context([`Page acknowledged ${when(acknowledgedAt)} by ${who}${via === 'pagerduty' ? ' in PagerDuty' : ''}`]),
    ]
  }
  // Whoever leads was reached, whatever PagerDuty does.
  if (incident.lead !== null || isOver(incident)) return []
  return Object.entries(incident.cardFacts).flatMap(([key, about]) =>
    key.startsWith(missedPrefix) ? ofPagerDuty(about) : [],
  )
}

function ofPagerDuty(about: unknown): Block[] {
  const late = reached.safeParse(about)
  if (late.success) return [context([`PagerDuty took the page ${when(late.data.takenAt)}, ${late.data.late} late`])]
  const waiting = missed.safeParse(about)
  if (!waiting.success) return []
  const { sentAt, isRefused, ring, seenAt } = waiting.data
  const what = isRefused ? 'cannot take the page' : 'has not taken the page'
  const seen = seenAt === null ? '' : `, as seen there ${when(seenAt)}`
  const whom = ring.length === 0 ? '`/oncall contacts` has phone numbers.' : `Ring ${ringWords(ring)}${seen}.`
  return [section(`:warning: *PagerDuty ${what}*, sent ${when(sentAt)}. ${whom}`)]
}
