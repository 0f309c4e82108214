/** How an incident looks. Drawn from its state alone, never by editing what was drawn before. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button, menu } from '../../core/interactions.ts'
import { actions, context, fields, header, section, sections, shortenMarkup } from '../../lib/blocks.ts'
import { bold, channelLink, escapeInline, Markup, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural, slug } from '../../lib/words.ts'
import { type DataLoss, type Event, type Incident, isOver, type Severity, type Similar } from './domain.ts'
import type { Rules } from './rules.ts'

const ofIncident = z.object({ incident: z.string() })
export const takeLeadButton = button('incidents.takeLead', ofIncident)
export const changeSeverityButton = button('incidents.changeSeverity', ofIncident)
export const updateStatusButton = button('incidents.updateStatus', ofIncident)
export const resolveButton = button('incidents.resolve', ofIncident)
export const closeButton = button('incidents.close', ofIncident)
export const reopenButton = button('incidents.reopen', ofIncident)
export const acceptButton = button('incidents.accept', ofIncident)
export const declineButton = button('incidents.decline', ofIncident)
export const mergeButton = button('incidents.merge', ofIncident)
export const acceptHandoverButton = button('incidents.acceptHandover', ofIncident)
export const joinButton = button('incidents.join', ofIncident)
export const declareButton = button('incidents.declare', z.object({ title: z.string().default('') }))
/** The message that an incident was declared from. */
export const sourceMessage = z
  .object({ channelId: z.string(), ts: z.string(), threadTs: z.string().nullable(), permalink: z.string().nullable() })
  .nullable()
/** «Declare anyway», after another one was shown that looks alike. */
export const declareAnywayButton = button(
  'incidents.declareAnyway',
  z.object({
    title: z.string(),
    severity: z.string().nullable(),
    service: z.string().nullable().default(null),
    startedAt: z.string().nullable().default(null),
    notice: z.string().nullable().default(null),
    source: sourceMessage.default(null),
  }),
)

/** Its context is the incident. */
export const dataLossMenu = menu('incidents.dataLoss')
export const dataLossChoices: readonly { value: DataLoss; text: string }[] = [
  { value: 'none', text: 'No data was lost' },
  { value: 'some', text: 'Data was lost' },
  { value: 'unknown', text: 'Not known yet' },
]

export function key(incident: Pick<Incident, 'id'>): string {
  return `INC-${incident.id}`
}

/** The title with what everybody must see at once: that it is a drill, that it is private. */
export function titleOf({ title, kind, isPrivate }: Pick<Incident, 'title' | 'kind' | 'isPrivate'>): string {
  const marks = [...(kind === 'real' ? [] : [kind.toUpperCase()]), ...(isPrivate ? ['🔒'] : [])]
  return [...marks, title].join(' ')
}

type OnCard = Pick<Rules, 'cardParts' | 'cardButtons' | 'missingRoles' | 'acknowledgeWithin' | 'wantsDataLoss'>

export function card(incident: Incident, rules: OnCard): Message {
  const { times } = incident
  const facts = [
    `*Status*\n${statusWords(incident)}`,
    `*Severity*\n${severityMark(incident.severity)} ${incident.severity}`,
    `*Incident lead*\n${leadWords(incident)}`,
    `*Declared*\n${when(times.declaredAt)} by ${declarer(incident)}`,
    ...(incident.service === null ? [] : [`*Service*\n${escapeInline(incident.service)}`]),
    ...roleFacts(incident),
    ...stillWanted(incident, rules),
  ]
  return {
    text: `${key(incident)} ${incident.severity}: ${escapeInline(titleOf(incident))} (${incident.status})`,
    blocks: [
      header(`${severityMark(incident.severity)} ${key(incident)} ${titleOf(incident)}`),
      fields(facts),
      ...prose('What is going on', incident.summary),
      ...prose('What clients notice', incident.impact),
      ...ending(incident, rules),
      ...rules.cardParts(incident),
      ...buttons(incident, rules.cardButtons(incident)),
      context([footer(incident)]),
    ],
  }
}

function roleFacts({ roles }: Incident): string[] {
  const held = Object.entries(roles)
  if (held.length === 0) return []
  return [`*Roles*\n${held.map(([role, person]) => `${escapeInline(role)} ${mention(person)}`).join('\n')}`]
}

/** What its severity asks for, and nobody did yet. */
function stillWanted(incident: Incident, rules: OnCard): string[] {
  const within = rules.acknowledgeWithin(incident.severity)
  const { acknowledgedAt, declaredAt } = incident.times
  const by =
    within === null || acknowledgedAt !== null || isOver(incident)
      ? []
      : [`acknowledgement by ${when(new Date(Date.parse(declaredAt) + within).toISOString(), '{time}')}`]
  const wanted = [...by, ...rules.missingRoles(incident).map(escapeInline)]
  return wanted.length === 0 ? [] : [`*Still wanted*\n${wanted.join(', ')}`]
}

function prose(heading: string, text: string): Block[] {
  return text === '' ? [] : [section(`*${heading}*\n${inFew(text)}`)]
}

/** A paragraph or two. What is pasted from a page is half made of signs that take five letters each. */
function inFew(text: string): string {
  return shortenMarkup(escapeInline(shorten(text, 800)), 1_200)
}

function footer({ times, absorbed, origin }: Incident): string {
  const began = times.assumed.includes('started') ? [] : [`began ${when(times.startedAt)}`]
  const merged = absorbed.length === 0 ? [] : [`holds ${absorbed.map((id) => `INC-${id}`).join(', ')}`]
  const source = origin?.permalink ? [`<${origin.permalink}|declared from a message>`] : []
  const help = '`/inc timeline` shows what happened · `/inc note <text>` adds to it · `/inc help` lists the rest'
  return [...began, ...merged, ...source, help].join(' · ')
}

function ending(incident: Incident, rules: OnCard): Block[] {
  const { status, times, mergedInto } = incident
  if (status === 'merged') return [section(`*Merged into* INC-${mergedInto}. Go on there.`)]
  const said = dataLossWords(incident)?.text ?? null
  if (times.resolvedAt === null) return said === null ? [] : [section(said)]
  const summary = incident.resolution === '' ? 'No summary was given.' : inFew(incident.resolution)
  const lost = rules.wantsDataLoss(incident)
    ? '*Data loss* not said yet: `/inc dataloss none`, `some` or `unknown`'
    : said
  const lines = [`*Resolved* ${when(times.resolvedAt)}`, summary, lost].filter((line) => line !== null)
  return [section(lines.join('\n'))]
}

/** Null until it was said. */
export function dataLossWords({ dataLoss }: Incident): Markup | null {
  const said = dataLossChoices.find(({ value }) => value === dataLoss)
  return said ? new Markup(`*Data loss* ${said.text.toLowerCase()}`) : null
}

/** What ended it; and where it has to be said whether data was lost, and was not, it is asked at once. */
export function resolvedMessage(
  incident: Incident,
  { by, summary }: Extract<Event, { type: 'incident.resolved' }>,
  rules: Rules,
): Message {
  const { kind, severity } = incident
  const text = rules.templates.render('incidents/resolved', 'slack', {
    by: new Markup(by === null ? 'Tocsin' : mention(by)),
    summary,
    wantsPostmortem: kind === 'real' && rules.wantsPostmortem(severity),
    dataLoss: dataLossWords(incident) ?? '',
    severity,
  })
  if (!rules.wantsDataLoss(incident)) return { text }
  return { text, blocks: [section(text), dataLossMenu.draw('Was data lost?', dataLossChoices, incident.id)] }
}

function buttons(incident: Incident, others: readonly Block[]): Block[] {
  const value = { incident: incident.id }
  const own = ownButtons(incident, value)
  // Few beside each other on a phone: what belongs to others stands below ours.
  return [own, others].filter((row) => row.length > 0).map((row) => actions(row))
}

function ownButtons(incident: Incident, value: { incident: string }): Block[] {
  const primary = { style: 'primary' } as const
  switch (incident.status) {
    case 'triage':
      return [
        acceptButton.draw('Accept', value, primary),
        declineButton.draw('Decline', value),
        mergeButton.draw('Merge into…', value),
      ]
    case 'resolved':
      return [closeButton.draw('Close', value), reopenButton.draw('Reopen', value)]
    case 'closed':
    case 'canceled':
      return [reopenButton.draw('Reopen', value)]
    case 'merged':
      return []
    default:
      return [
        ...(incident.lead === null ? [takeLeadButton.draw('Take lead', value, primary)] : []),
        updateStatusButton.draw('Update status', value),
        changeSeverityButton.draw('Change severity', value),
        resolveButton.draw('Resolve', value),
      ]
  }
}

export function announcement(incident: Incident, rules: Pick<Rules, 'announcementParts'>): Message {
  const head = `${severityMark(incident.severity)} ${bold(`${incident.severity} ${key(incident)}`)} ${escapeInline(titleOf(incident))}`
  const facts = [statusWords(incident), `lead: ${leadWords(incident)}`, channelWords(incident)].join(' · ')
  const value = { incident: incident.id }
  const own = [
    ...(incident.lead === null ? [takeLeadButton.draw('Take lead', value, { style: 'primary' })] : []),
    joinButton.draw('Join', value),
  ]
  return {
    text: `${incident.severity} ${key(incident)} ${escapeInline(titleOf(incident))} (${incident.status})`,
    blocks: [
      section([head, facts, ...rules.announcementParts(incident)].join('\n')),
      ...(isOver(incident) || incident.status === 'triage' ? [] : [actions(own)]),
    ],
  }
}

export function topic(incident: Incident): string {
  const lead = incident.lead === null ? 'no lead yet' : `lead ${mention(incident.lead)}`
  return shorten(`${key(incident)} · ${incident.severity} · ${incident.status} · ${lead}`, 250)
}

// Slack's own limit.
const channelNameMax = 80

export function channelName(incident: Incident, rules: Pick<Rules, 'channelName'>): string {
  const mark = incident.kind === 'real' ? '' : `${incident.kind}-`
  // The name of a private channel is seen in lists and notifications: it says nothing.
  const title = incident.isPrivate ? '' : slug(incident.title, 50)
  return `${mark}${rules.channelName.replaceAll('{number}', incident.id).replaceAll('{title}', title)}`
    .replace(/-{2,}/g, '-')
    .slice(0, channelNameMax)
    .replace(/-+$/, '')
}

/** One line a person can choose it by. */
export function line(incident: Incident): string {
  return `${key(incident)} ${incident.severity} ${titleOf(incident)}`
}

export function listLine(incident: Incident): string {
  const place = incident.channel && !incident.isArchived ? channelLink(incident.channel.id) : ''
  return `${severityMark(incident.severity)} ${incident.severity} ${bold(key(incident))} ${escapeInline(shorten(titleOf(incident), 80))} · ${statusWords(incident)} · ${leadWords(incident)} ${place}`.trimEnd()
}

// More than anybody reads on a phone, and about as many as fit into a message.
const listedMax = 30

export function list(incidents: readonly Incident[], emptySentence: string): Message {
  const heading = incidents.length === 0 ? emptySentence : plural(incidents.length, 'incident', 'incidents')
  const isCut = incidents.length > listedMax
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...sections(incidents.slice(0, listedMax).map(listLine)),
      ...(isCut
        ? [context([`The newest ${listedMax}. \`/inc list p1\`, \`mine\`, a service or words find the rest.`])]
        : []),
      actions([declareButton.draw('Declare', { title: '' }, { style: 'primary' })]),
    ],
  }
}

export function similarList(incidents: readonly Similar[]): Message {
  const heading = incidents.length === 0 ? 'There was nothing like it before.' : 'What was like it, and how it ended'
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...incidents.map((incident) =>
        section(
          `${bold(key(incident))} ${incident.severity} ${escapeInline(shorten(incident.title, 120))}\n${incident.resolution === '' ? 'Nobody wrote down how it ended.' : escapeInline(shorten(incident.resolution, 300))}`,
        ),
      ),
    ],
  }
}

/** By what clients notice; one click takes it. */
export const proposedSeverityButton = button('incidents.proposedSeverity', ofIncident.extend({ to: z.string() }))

/** To whoever declared it. */
export function declaredMessage(incident: Incident, words: string, proposed: Severity | null): Message {
  if (proposed === null) return { text: words }
  const text = `${words}\nWhat clients notice sounds like ${escapeInline(proposed)}.`
  const change = proposedSeverityButton.draw(`Change to ${proposed}`, { incident: incident.id, to: proposed })
  return { text, blocks: [section(text), actions([change])] }
}

/** Shown to the second of two people who declare the same thing. */
export function twinMessage(
  twin: { id: string; title: string },
  wanted: z.infer<typeof declareAnywayButton.value>,
): Message {
  const text = `*INC-${twin.id}* was declared a few minutes ago and sounds like yours: ${escapeInline(twin.title)}`
  return {
    text,
    blocks: [
      section(text),
      actions([
        joinButton.draw(`Open INC-${twin.id} instead`, { incident: twin.id }, { style: 'primary' }),
        declareAnywayButton.draw('Declare anyway', { ...wanted, title: shorten(wanted.title, 500) }),
      ]),
    ],
  }
}

/** Everything that the next lead must know, written by itself. */
export function handoverMessage(
  incident: Incident,
  { to, from, note, by }: Extract<Event, { type: 'incident.handoverOffered' }>,
  rules: Rules,
): Message {
  const facts = [
    `${incident.severity}, ${statusWords(incident)}; it began ${when(incident.times.startedAt)}`,
    ...(incident.summary === '' ? [] : [`What is going on: ${escapeInline(shorten(incident.summary, 400))}`]),
    ...(incident.impact === '' ? [] : [`What clients notice: ${escapeInline(shorten(incident.impact, 400))}`]),
    ...Object.entries(incident.roles).map(([role, person]) => `${escapeInline(role)}: ${mention(person)}`),
    ...(note === ''
      ? []
      : [`${from === null && by === null ? '' : `${mention(by ?? from ?? '')}: `}${escapeInline(note)}`]),
  ]
  const text = rules.templates.render('incidents/handover', 'slack', {
    to: new Markup(mention(to)),
    from: from === null ? '' : new Markup(mention(from)),
  })
  return {
    text,
    blocks: [
      section(`${text}\n${facts.map((fact) => `• ${fact}`).join('\n')}`),
      ...rules.cardParts(incident),
      actions([acceptHandoverButton.draw('I take over', { incident: incident.id }, { style: 'primary' })]),
    ],
  }
}

export function rolesMessage(incident: Incident, roles: readonly string[]): Message {
  const lines = [
    `*Incident lead* ${leadWords(incident)}`,
    ...roles.map((role) => {
      const person = incident.roles[role]
      return `*${escapeInline(role)}* ${person === undefined ? 'nobody yet' : mention(person)}`
    }),
  ]
  const text = lines.join('\n')
  return {
    text,
    blocks: [section(text), context(['`/inc role <role> @who` gives one, `/inc role <role> none` frees it'])],
  }
}

function statusWords({ status, times }: Incident): string {
  return status === 'resolved' && times.resolvedAt !== null ? `resolved ${when(times.resolvedAt, '{time}')}` : status
}

function leadWords(incident: Incident): string {
  return incident.lead === null ? 'nobody yet' : mention(incident.lead)
}

function declarer(incident: Incident): string {
  if (incident.declaredBy !== null) return mention(incident.declaredBy)
  return incident.origin === null ? 'Tocsin' : escapeInline(incident.origin.label)
}

function channelWords(incident: Incident): string {
  if (incident.channelTrouble !== null) return `no channel (Slack says ${escapeInline(incident.channelTrouble)})`
  if (incident.channel) return channelLink(incident.channel.id)
  return 'its channel is being opened'
}

// One mark for the gravest, one for the rest: colour alone tells nobody anything, the name stands beside it.
function severityMark(severity: Severity): string {
  return severity === 'P1' || severity === 'P2' ? ':rotating_light:' : ':warning:'
}
