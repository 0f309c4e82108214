/** How an incident looks. Drawn from its state alone, never by editing what was drawn before. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button } from '../../core/interactions.ts'
import { slot } from '../../core/slots.ts'
import { actions, context, fields, header, section } from '../../lib/blocks.ts'
import { bold, channelLink, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural, slug } from '../../lib/words.ts'
import type { Incident, Severity } from './domain.ts'
import type { Rules } from './rules.ts'

const ofIncident = z.object({ incident: z.string() })
export const takeLeadButton = button('incidents.takeLead', ofIncident)
export const changeSeverityButton = button('incidents.changeSeverity', ofIncident)
export const resolveButton = button('incidents.resolve', ofIncident)
export const declareButton = button('incidents.declare', z.object({ title: z.string().default('') }))

/** What features to the right add to the card, between the facts and the buttons. */
export const cardParts = slot<Incident, Block>('incidents.cardParts')
/** What they add to the announcement, which everybody sees: a few words each, for a line below the facts. */
export const announcementParts = slot<Incident, string>('incidents.announcementParts')
/** Their buttons beside ours. */
export const cardButtons = slot<Incident, Block>('incidents.cardButtons')

export function key(incident: Pick<Incident, 'id'>): string {
  return `INC-${incident.id}`
}

export function card(incident: Incident, rules: Pick<Rules, 'cardParts' | 'cardButtons'>): Message {
  const facts = [
    `*Status*\n${statusWords(incident)}`,
    `*Severity*\n${severityMark(incident.severity)} ${incident.severity}`,
    `*Incident lead*\n${leadWords(incident)}`,
    `*Declared*\n${when(incident.declaredAt)} by ${declarer(incident)}`,
  ]
  return {
    text: `${key(incident)} ${incident.severity}: ${escapeInline(incident.title)} (${incident.status})`,
    blocks: [
      header(`${severityMark(incident.severity)} ${key(incident)} ${incident.title}`),
      fields(facts),
      ...resolution(incident),
      ...rules.cardParts(incident),
      ...buttons(incident, rules.cardButtons(incident)),
      context(['`/inc timeline` shows what happened · `/inc note <text>` adds to it · `/inc help` lists the rest']),
    ],
  }
}

function resolution(incident: Incident): Block[] {
  if (incident.resolvedAt === null) return []
  const summary = incident.resolution === '' ? 'No summary was given.' : escapeInline(incident.resolution)
  return [section(`*Resolved* ${when(incident.resolvedAt)}\n${summary}`)]
}

function buttons(incident: Incident, others: readonly Block[]): Block[] {
  if (incident.status === 'resolved') return others.length === 0 ? [] : [actions(others)]
  const value = { incident: incident.id }
  const lead = incident.lead === null ? [takeLeadButton.draw('Take lead', value, { style: 'primary' })] : []
  const own = [...lead, changeSeverityButton.draw('Change severity', value)]
  return [actions([...own, ...others, resolveButton.draw('Resolve', value)])]
}

export function announcement(incident: Incident, rules: Pick<Rules, 'announcementParts'>): Message {
  const head = `${severityMark(incident.severity)} ${bold(`${incident.severity} ${key(incident)}`)} ${escapeInline(incident.title)}`
  const facts = [statusWords(incident), `lead: ${leadWords(incident)}`, channelWords(incident)].join(' · ')
  const value = { incident: incident.id }
  const mayTake = incident.status !== 'resolved' && incident.lead === null
  return {
    text: `${incident.severity} ${key(incident)} ${escapeInline(incident.title)} (${incident.status})`,
    blocks: [
      section([head, facts, ...rules.announcementParts(incident)].join('\n')),
      ...(mayTake ? [actions([takeLeadButton.draw('Take lead', value, { style: 'primary' })])] : []),
    ],
  }
}

export function topic(incident: Incident): string {
  const lead = incident.lead === null ? 'no lead yet' : `lead ${mention(incident.lead)}`
  return shorten(`${key(incident)} · ${incident.severity} · ${incident.status} · ${lead}`, 250)
}

export function channelName(incident: Incident, rules: Pick<Rules, 'channelPrefix'>): string {
  const words = slug(incident.title, 50)
  return [rules.channelPrefix, incident.id, words].filter((part) => part !== '').join('-')
}

/** One line a person can choose it by. */
export function line(incident: Incident): string {
  return `${key(incident)} ${incident.severity} ${incident.title}`
}

export function list(incidents: readonly Incident[], emptySentence: string): Message {
  const heading = incidents.length === 0 ? emptySentence : plural(incidents.length, 'incident', 'incidents')
  const lines = incidents.map((incident) => {
    const place = incident.channel ? channelLink(incident.channel.id) : ''
    return `${severityMark(incident.severity)} ${bold(key(incident))} ${escapeInline(shorten(incident.title, 80))} · ${statusWords(incident)} · ${leadWords(incident)} ${place}`
  })
  const pages: string[] = []
  for (let from = 0; from < lines.length; from += 8) pages.push(lines.slice(from, from + 8).join('\n'))
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...pages.map(section),
      actions([declareButton.draw('Declare', { title: '' }, { style: 'primary' })]),
    ],
  }
}

function statusWords(incident: Incident): string {
  return incident.status === 'resolved' ? 'resolved' : incident.status
}

function leadWords(incident: Incident): string {
  return incident.lead === null ? 'nobody yet' : mention(incident.lead)
}

function declarer(incident: Incident): string {
  if (incident.declaredBy !== null) return mention(incident.declaredBy)
  return incident.origin === null ? 'Tocsin' : escapeInline(incident.origin.label)
}

function channelWords(incident: Incident): string {
  if (incident.channel) return channelLink(incident.channel.id)
  if (incident.channelTrouble === null) return 'its channel is being opened'
  return `no channel (Slack says ${escapeInline(incident.channelTrouble)})`
}

// One mark for the gravest, one for the rest: colour alone tells nobody anything, the name stands beside it.
function severityMark(severity: Severity): string {
  return severity === 'P1' || severity === 'P2' ? ':rotating_light:' : ':warning:'
}
