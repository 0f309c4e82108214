/** How pages, shifts and schedules look. Drawn from state alone. */
import { z } from 'zod'
import type { Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { actions, section } from '../../lib/blocks.ts'
import { bold, escapeInline, link, mention, when } from '../../lib/mrkdwn.ts'
import { wallWords } from '../../lib/wallclock.ts'
import { missedCall, type Page } from './domain.ts'
import type { Override, Shift } from './rotation.ts'
import type { Rules } from './rules.ts'
import type { Schedule } from './schedules.ts'

export const acknowledgeButton = button('oncall.acknowledge', z.object({ page: z.string() }))
export const haveItButton = button('oncall.haveIt', z.object({ schedule: z.string(), shift: z.number() }))

/** What the person who is called sees; edited as the page goes on. */
export function callMessage(page: Page): Message {
  const head = `${page.isTest ? ':bell: *Test page.* ' : ':rotating_light: '}${bold(page.summary)}`
  const more = page.link === null ? '' : `\n${link(page.link, 'Open')}`
  const isOpen = page.status === 'calling' || page.status === 'exhausted'
  return {
    text: `${page.isTest ? 'Test page: ' : 'Page: '}${escapeInline(page.summary)}`,
    blocks: [
      section(`${head}\n${statusWords(page)}${more}`),
      ...(isOpen ? [actions([acknowledgeButton.draw('Acknowledge', { page: page.id }, { style: 'primary' })])] : []),
    ],
  }
}

export function statusWords(page: Page): string {
  const sender = page.sentBy === null ? 'Tocsin' : mention(page.sentBy)
  switch (page.status) {
    case 'calling':
      return `Paged ${when(page.sentAt)} by ${sender}. Nobody has acknowledged it yet.${missedWords(page)}`
    case 'exhausted':
      return `Paged ${when(page.sentAt)} by ${sender}. *Everybody was called and nobody answered.*${missedWords(page)}`
    case 'acknowledged':
      return `Acknowledged ${when(page.acknowledgedAt ?? page.sentAt)} by ${answererWords(page)}.`
    case 'resolved':
      return `It is over since ${when(page.closedAt ?? page.sentAt)}.`
  }
}

function missedWords(page: Page): string {
  const missed = missedCall(page)
  return missed && missed.deliveredAt === undefined ? ' PagerDuty has not taken it.' : ''
}

export function answererWords({ acknowledgedBy, acknowledgedVia }: Page): string {
  if (acknowledgedBy !== null) return mention(acknowledgedBy)
  return acknowledgedVia === 'pagerduty' ? 'somebody in PagerDuty' : 'somebody'
}

/** «@ana until Mon 09:00, then @ben» */
export function scheduleLine(
  name: string,
  rules: Rules,
  seen: { shifts: readonly Shift[]; schedule: Schedule | null },
): string {
  const [current, next] = seen.shifts
  if (!current) return `${bold(name)}: no shift is planned`
  const until = next ? ` until ${when(new Date(current.until).toISOString())}` : ''
  const then = next ? `, then ${personWords(next.person)}` : ''
  const zone = current.person === null ? null : (rules.people[current.person]?.timeZone ?? null)
  const there = zone === null ? '' : ` (${wallWords(zone, current.from)} there)`
  return `${bold(name)}: ${personWords(current.person)}${there}${until}${then}`
}

export function personWords(person: string | null): string {
  return person === null ? '*nobody*' : mention(person)
}

export function overrideLine({ id, person, from, until }: Override): string {
  return `${id}. ${mention(person)} from ${when(from)} until ${when(until)}`
}

/** Posted when a shift begins. «I have it» stays until somebody pressed it. */
export function shiftMessage(id: string, schedule: Schedule, from: string | null, facts: readonly string[]): Message {
  const head = `:arrows_counterclockwise: ${bold(id)}: ${personWords(schedule.onCall)} is on call now${from === null ? '' : `, after ${mention(from)}`}.`
  const accepted =
    schedule.acceptedBy === null ? 'Nobody has said «I have it» yet.' : `${mention(schedule.acceptedBy)} has it.`
  const value = { schedule: id, shift: schedule.shiftNumber }
  return {
    text: `${escapeInline(id)}: ${personWords(schedule.onCall)} is on call now`,
    blocks: [
      section(`${head}\n${accepted}`),
      ...inSections(facts),
      ...(schedule.acceptedBy === null ? [actions([haveItButton.draw('I have it', value, { style: 'primary' })])] : []),
    ],
  }
}

// As many lines as are sure to fit into what Slack takes of a section.
const linesInSection = 8

function inSections(lines: readonly string[]) {
  const sections = []
  for (let from = 0; from < lines.length; from += linesInSection)
    sections.push(section(lines.slice(from, from + linesInSection).join('\n')))
  return sections
}
