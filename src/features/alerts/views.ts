/** How a group of alerts looks: one live message for each outbreak, drawn from its state alone. */
import { z } from 'zod'
import type { Block, Instant, Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { actions, context, section, sections } from '../../lib/blocks.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, link, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { acceptButton, declineButton, mergeButton, resolveButton } from '../incidents/index.ts'
import {
  type AlertGroup,
  firingOf,
  type Hold,
  type Labels,
  type LinkedIncident,
  type Member,
  membersOf,
  type Verdict,
} from './domain.ts'
import type { Rules } from './rules.ts'
import { commonLabels, flaps, isAddress, linksOf, ownLabels, runbookOf, shortId, titleOf } from './words.ts'

const ofAlert = z.object({ alert: z.string() })
export const acknowledgeButton = button('alerts.acknowledge', ofAlert)
export const declareIncidentButton = button('alerts.declareIncident', ofAlert)
export const silenceButton = button('alerts.silence', ofAlert)
export const judgeButton = button(
  'alerts.judge',
  z.object({ alert: z.string(), outbreak: z.number(), verdict: z.enum(['useful', 'noise']) }),
)
export const noiseButton = button('alerts.noise', z.object({ alert: z.string(), outbreak: z.number() }))
export const duplicateButton = button('alerts.duplicate', z.object({ alert: z.string(), outbreak: z.number() }))
export const notYetButton = button('alerts.notYet', z.object({ incident: z.string() }))

const membersShown = 10
const labelsShown = 12
// Seen so often within an hour, it is called what it is.
const flappingMin = 4

export function alertMessage(group: AlertGroup, rules: Pick<Rules, 'routeOf' | 'messageButtons'>): Message {
  const title = shorten(titleOf(group), 200)
  const { mark, word } = stateOf(group)
  return {
    text: `${word}: ${escapeInline(title)}`,
    blocks: [
      section(`${mark} ${bold(word)} ${escapeInline(title)}\n${factsOf(group).join(' · ')}`),
      ...summary(group),
      ...memberLines(group),
      ...foot(group),
      ...buttons(group, rules),
    ],
  }
}

function stateOf(group: AlertGroup): { mark: string; word: string } {
  if (group.status === 'resolved') return { mark: ':white_check_mark:', word: 'Resolved' }
  const holds = keptQuietBy(group)
  if (holds.length > 0) return { mark: ':no_bell:', word: quietWords[holds[0]?.by ?? 'silence'] }
  return group.outbreak.acknowledgedAt === null
    ? { mark: ':fire:', word: 'Firing' }
    : { mark: ':eyes:', word: 'Firing, acknowledged' }
}

const quietWords: Record<Hold['by'], string> = {
  silence: 'Silenced',
  inhibit: 'Kept quiet',
  maintenance: 'In maintenance',
  threshold: 'Waiting',
  storm: 'Waiting',
  hours: 'Waiting',
}

/** What keeps all of its firing alerts quiet; empty as soon as one of them is free. */
function keptQuietBy(group: AlertGroup): readonly Hold[] {
  const firing = firingOf(group)
  const isQuiet = firing.length > 0 && firing.every(({ holds }) => holds.some((hold) => hold.keepsFrom === 'all'))
  return isQuiet ? (firing[0]?.holds ?? []) : []
}

function factsOf(group: AlertGroup): string[] {
  const { outbreak, incident } = group
  const firing = firingOf(group)
  const all = membersOf(group).length
  const severities = [...new Set(firing.map(({ labels }) => labels.severity ?? ''))].filter((one) => one !== '')
  return [
    ...(all > 1 ? [`${firing.length} of ${all} firing`] : []),
    outbreak.endedAt === null
      ? `since ${when(outbreak.startedAt)}`
      : `after ${spent(outbreak.startedAt, outbreak.endedAt)}`,
    ...often(group),
    ...(severities.length === 0 ? [] : [escapeInline(shorten(severities.join(', '), 60))]),
    `from ${escapeInline(group.source)}`,
    ...(incident === null ? [] : [`${bold(`INC-${incident.id}`)}${incident.status === 'triage' ? ', in triage' : ''}`]),
    ...(outbreak.acknowledgedAt === null ? [] : [acknowledged(outbreak)]),
    ...holdWords(group),
    ...(outbreak.verdict === null ? [] : [verdictWords[outbreak.verdict]]),
  ]
}

const verdictWords: Record<Verdict, string> = {
  useful: 'it was useful',
  noise: 'it was noise',
  duplicate: 'it was a duplicate',
}

function often(group: AlertGroup): string[] {
  const count = flaps(group)
  if (membersOf(group).length > 1 || count < 2) return []
  return count >= flappingMin ? [bold(`flapping ×${count} in 60 min`)] : [`×${count} in 60 min`]
}

function acknowledged({ acknowledgedBy, acknowledgedAt }: AlertGroup['outbreak']): string {
  const who = acknowledgedBy === null ? '' : ` by ${mention(acknowledgedBy)}`
  return `acknowledged${who} ${when(acknowledgedAt ?? '', '{time}')}`
}

function holdWords(group: AlertGroup): string[] {
  const held = new Map<string, string>()
  for (const { holds } of firingOf(group)) {
    for (const { by, what, until } of holds) held.set(`${by} ${what}`, holdSentence(by, what, until))
  }
  return [...held.values()].slice(0, 3)
}

function holdSentence(by: Hold['by'], what: string, until: Instant | null): string {
  const end = until === null ? '' : ` until ${when(until)}`
  const sentences: Record<Hold['by'], string> = {
    silence: `silenced by ${what}${end}`,
    inhibit: `kept quiet by ${escapeInline(shorten(what, 80))}`,
    maintenance: `${escapeInline(shorten(what, 80))}${end}`,
    threshold: escapeInline(what),
    storm: 'waits until the storm is over',
    hours: `wakes nobody: ${escapeInline(shorten(what, 40))}${end}`,
  }
  return sentences[by]
}

/** What all of them say; where each says something else, the lines below do. */
function summary(group: AlertGroup): Block[] {
  const texts = [
    ...new Set(spokenFor(group).map(({ annotations }) => annotations.summary ?? annotations.description ?? '')),
  ]
  const [text = ''] = texts
  return texts.length !== 1 || text === '' ? [] : [section(escapeInline(shorten(text, 1_000)))]
}

/** Those that fire; of an outbreak that is over, those that did. */
function spokenFor(group: AlertGroup): Member[] {
  const firing = firingOf(group)
  return firing.length > 0 ? firing : membersOf(group)
}

function memberLines(group: AlertGroup): Block[] {
  const all = membersOf(group)
  if (all.length < 2) return []
  const common = commonLabels(all)
  // What fires first, and of those what fires longest.
  const sorted = all.toSorted(
    (a, b) => a.status.localeCompare(b.status) || Date.parse(a.startedAt) - Date.parse(b.startedAt),
  )
  const texts = new Set(spokenFor(group).map(({ annotations }) => annotations.summary ?? ''))
  const lines = sorted
    .slice(0, membersShown)
    .map((member) => memberLine(member, ownLabels(member, common), texts.size > 1))
  const left = all.length - membersShown
  return sections(left > 0 ? [...lines, `… and ${left} more: \`/alert info ${shortId(group.id)}\``] : lines)
}

export function memberLine(member: Member, labels: readonly (readonly [string, string])[], withSummary = true): string {
  const mark = member.status === 'firing' ? (member.holds.length > 0 ? ':no_bell:' : ':fire:') : ':white_check_mark:'
  const words = labels.slice(0, 4).map(([name, value]) => escapeInline(`${shorten(name, 40)}=${shorten(value, 60)}`))
  const name = words.length === 0 ? escapeInline(shorten(member.title, 80)) : words.join(', ')
  const time =
    member.endedAt === null
      ? `since ${when(member.startedAt, '{time}')}`
      : `after ${spent(member.startedAt, member.endedAt)}`
  const text = withSummary ? (member.annotations.summary ?? '') : ''
  return [`${mark} ${name}`, time, ...(text === '' ? [] : [escapeInline(shorten(text, 150))])].join(' · ')
}

function foot(group: AlertGroup): Block[] {
  const members = membersOf(group)
  const links = linksOf(spokenFor(group)).map(({ url, title }) => link(url, title))
  const labels = Object.entries(commonLabels(members)).slice(0, labelsShown)
  const words = labels.map(([name, value]) => escapeInline(`${shorten(name, 40)}=${shorten(value, 80)}`))
  return [context([[...links, ...words, `\`/alert why ${shortId(group.id)}\``].join(' · ')])]
}

function buttons(group: AlertGroup, rules: Pick<Rules, 'routeOf' | 'messageButtons'>): Block[] {
  const { id: alert, outbreak, incident } = group
  if (group.status === 'resolved') return verdictButtons(group)
  const runbook = runbookOf(group, rules.routeOf(group.route).runbook)
  const isPage = runbook !== null && isAddress(runbook)
  const drawn = [
    ...(outbreak.acknowledgedAt === null
      ? [acknowledgeButton.draw('Acknowledge', { alert }, { style: 'primary' })]
      : []),
    ...(incident === null ? [declareIncidentButton.draw('Declare incident', { alert })] : []),
    silenceButton.draw('Silence', { alert }),
    ...(isPage ? [linkButton('Runbook', runbook)] : []),
    ...rules.messageButtons({ group, runbook: isPage ? null : runbook }),
  ]
  return [...(incident?.status === 'triage' ? [actions(triageButtons(incident.id))] : []), actions(drawn)]
}

function triageButtons(incident: string): Block[] {
  return [
    acceptButton.draw('Accept', { incident }, { style: 'primary' }),
    declineButton.draw('Decline', { incident }),
    mergeButton.draw('Merge into…', { incident }),
  ]
}

/** Asked when it is over, of whoever looks: what nobody needs is turned off, or it will be ignored on the day that it matters. */
function verdictButtons({ id: alert, outbreak }: AlertGroup): Block[] {
  if (outbreak.verdict !== null || outbreak.number === 0) return []
  const value = { alert, outbreak: outbreak.number }
  return [
    actions([
      judgeButton.draw('It was useful', { ...value, verdict: 'useful' }),
      noiseButton.draw('It was noise', value),
      duplicateButton.draw('A duplicate', value),
    ]),
  ]
}

function linkButton(label: string, url: string): Block {
  return { type: 'button', text: { type: 'plain_text', text: label }, url, action_id: 'alerts.openLink' }
}

/** Said in the channel of an incident when all of its alerts have been quiet for a while. */
export function clearMessage(
  incident: LinkedIncident,
  since: Instant,
  { templates }: Pick<Rules, 'templates'>,
): Message {
  const isTriage = incident.status === 'triage'
  const text = templates.render('alerts/clear', 'slack', { incident: `INC-${incident.id}`, since, isTriage })
  const value = { incident: incident.id }
  const over = isTriage ? declineButton.draw('Decline', value) : resolveButton.draw('Resolve', value)
  return { text, blocks: [section(text), actions([over, notYetButton.draw('Not yet', value)])] }
}

export const cardFacts = z.object({
  title: z.string(),
  status: z.enum(['firing', 'resolved']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
})

/** One line on the incident's card for each group of alerts that it has. */
export function cardLine({ title, status, startedAt, endedAt }: z.infer<typeof cardFacts>): string {
  const time = endedAt === null ? `since ${when(startedAt)}` : `after ${spent(startedAt, endedAt)}`
  return `${status === 'firing' ? ':fire:' : ':white_check_mark:'} ${escapeInline(title)} · ${time}`
}

export function labelWords(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => escapeInline(`${shorten(name, 60)}=${shorten(value, 120)}`))
    .join(' · ')
}

export function countWords(n: number): string {
  return plural(n, 'alert', 'alerts')
}

export function spent(from: Instant, to: Instant): string {
  const milliseconds = Math.max(Date.parse(to) - Date.parse(from), 0)
  return milliseconds < 60_000 ? 'less than a minute' : formatDuration(Math.round(milliseconds / 60_000) * 60_000)
}
