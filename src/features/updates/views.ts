/** How updates look: said, on the card, on the announcement, and in App Home. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { actions, section, shortenMarkup } from '../../lib/blocks.ts'
import { bold, channelLink, escapeInline, escapeText, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { type Incident, isOver, key } from '../incidents/index.ts'
import { isOverdue, type Plan, type Words } from './domain.ts'

export const postUpdateButton = button('updates.post', z.object({ incident: z.string() }))

/** Inside its channel everybody knows which incident it is; outside, that is said first. */
export function updateMessage(plan: Plan, where: 'inside' | 'outside'): Message {
  const by = plan.postedBy === null ? '' : ` by ${mention(plan.postedBy)}`
  const head =
    where === 'inside'
      ? `:mega: ${bold(`Update ${plan.count}`)}${by}`
      : `:mega: ${severityWords(plan)} ${whereWords(plan)}`
  const text = where === 'inside' ? `Update ${plan.count}: ` : `${plan.about.severity} ${key({ id: plan.incident })}: `
  return {
    text: `${text}${escapeInline(shorten(plan.known || plan.doing || plan.needed, 300))}`,
    blocks: [section(head), ...wordBlocks(plan, 2_000), section(nextWords(plan))],
  }
}

function severityWords({ about }: Plan): string {
  return `${bold(about.severity)} ${escapeInline(about.status)}`
}

export function whereWords({ incident, about }: Pick<Plan, 'incident' | 'about'>): string {
  const place = about.channelId === null ? '' : ` ${channelLink(about.channelId)}`
  return `${bold(key({ id: incident }))} ${escapeInline(shorten(about.title, 120))}${place}`
}

/** Several lines of somebody's words, each as it was written. */
function wordBlocks({ known, doing, needed }: Words, max: number): Block[] {
  const parts = [
    ['What we know', known],
    ['What we do', doing],
    ['What we need', needed],
  ] as const
  return parts.flatMap(([label, text]) =>
    text.trim() === '' ? [] : [section(`*${label}*\n${escapeText(shorten(text.trim(), max))}`)],
  )
}

function nextWords({ nextAt, about }: Pick<Plan, 'nextAt' | 'about'>): string {
  if (isOver(about)) return 'No further update is planned.'
  return nextAt === null ? 'No time is set for the next update.' : `Next update ${when(nextAt)}.`
}

export function askMessage(incident: string, words: string): Message {
  return {
    text: words,
    blocks: [section(words), actions([postUpdateButton.draw('Post update', { incident }, { style: 'primary' })])],
  }
}

const factsSchema = z.object({
  count: z.number(),
  known: z.string(),
  doing: z.string(),
  needed: z.string(),
  by: z.string().nullable(),
  at: z.string().nullable(),
  nextAt: z.string().nullable(),
  isOverdue: z.boolean(),
})
type Facts = z.infer<typeof factsSchema>

// On the card there is room for what matters; all of it was said in the channel.
const onCardMax = 400

export function cardFacts(plan: Plan, now: Date): Facts {
  return {
    count: plan.count,
    known: shorten(plan.known, onCardMax),
    doing: shorten(plan.doing, onCardMax),
    needed: shorten(plan.needed, onCardMax),
    by: plan.postedBy,
    at: plan.postedAt,
    nextAt: plan.nextAt,
    isOverdue: isOverdue(plan, now),
  }
}

function factsOf({ cardFacts }: Incident): Facts | null {
  const parsed = factsSchema.safeParse(cardFacts.updates)
  return parsed.success ? parsed.data : null
}

export function cardPart(incident: Incident): Block[] {
  const facts = factsOf(incident)
  if (!facts) return []
  const by = facts.by === null ? '' : ` by ${mention(facts.by)}`
  const head = facts.at === null ? [] : [`*Latest update* ${when(facts.at)}${by}`]
  const next = promiseWords(facts)
  const words = [
    facts.known,
    facts.doing === '' ? '' : `We do: ${facts.doing}`,
    facts.needed === '' ? '' : `We need: ${facts.needed}`,
  ]
  const lines = [
    ...head,
    ...words.filter((text) => text !== '').map((text) => shortenMarkup(escapeText(text), 600)),
    ...next,
  ]
  return lines.length === 0 ? [] : [section(lines.join('\n'))]
}

export function announcementPart(incident: Incident): string[] {
  const facts = factsOf(incident)
  return facts ? promiseWords(facts) : []
}

function promiseWords({ nextAt, isOverdue }: Facts): string[] {
  if (nextAt === null) return []
  return [
    isOverdue
      ? `:alarm_clock: *The next update is late:* it was promised for ${when(nextAt)}`
      : `Next update ${when(nextAt)}`,
  ]
}

export function cardButton(incident: Incident): Block[] {
  return isOver(incident) ? [] : [postUpdateButton.draw('Post update', { incident: incident.id })]
}

/** For whoever takes over being on call. */
export function promiseLines(promises: readonly Plan[], now: Date): string[] {
  if (promises.length === 0) return []
  const lines = promises.map((plan) => {
    const due = isOverdue(plan, now) ? ':alarm_clock: late since' : 'due'
    return `• ${whereWords(plan)} · ${due} ${when(plan.nextAt ?? '')}`
  })
  return ['*Promised updates*', ...lines]
}

export function homePart(promises: readonly Plan[], now: Date): Block[] {
  if (promises.length === 0) return []
  return [
    section('*Updates that wait for you*'),
    ...promises.map((plan) => {
      const late = isOverdue(plan, now) ? ':alarm_clock: late since' : 'due'
      const words = `${whereWords(plan)} · ${late} ${when(plan.nextAt ?? '')}`
      return { ...section(words), accessory: postUpdateButton.draw('Post update', { incident: plan.incident }) }
    }),
  ]
}
