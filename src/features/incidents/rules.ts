/** The rules of incidents, made once from tocsin.yml: what `decide` may know, and what effects and views need beside. */
import type { Db } from '../../core/db.ts'
import type { Block, Bookmark } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { formatDuration } from '../../lib/duration.ts'
import { onDuty } from '../oncall/index.ts'
import type { IncidentsConfig } from './config.ts'
import { type Incident, isOver, type Policy, type Severity } from './domain.ts'
import { announcementParts, cardButtons, cardParts } from './slots.ts'

export interface Rules extends Policy {
  templates: Templates
  announceIn: string
  channelName: string
  archiveAfter: number | null
  bookmarks: readonly Bookmark[]
  /** The team that is paged: the service's own, where the severity pages at all; null pages nobody. */
  pagedFor(severity: Severity, service: string | null): string | null
  mailedFor(severity: Severity): readonly string[]
  /** Beside those who have to do with it: people, and user groups by their handle. */
  invitedFor(incident: Incident): { people: readonly string[]; groups: readonly string[] }
  /** Who is on call in a team now: by the schedules, and first in PagerDuty. */
  onDuty(db: Db, team: string, now: Date): Promise<readonly string[]>
  /** Roles that are to be filled at its severity and are not. */
  missingRoles(incident: Incident): readonly string[]
  /** Milliseconds after the declaration by which somebody is to have acknowledged. */
  acknowledgeWithin(severity: Severity): number | null
  /** It has to be said, and was not yet, whether data was lost. */
  wantsDataLoss(incident: Incident): boolean
  wantsPostmortem(severity: Severity): boolean
  /** What is told to whoever takes a role; empty tells nothing. */
  dutiesOf(role: string): string
  /** What clients may notice, and the severity that this proposes. */
  impacts: readonly { notice: string; severity: Severity }[]
  /** For whoever chooses one: what has been of these severities. */
  examples: string
  /** What the severity means, and how it is recognized. */
  describe(severity: Severity): string
  describeAtLength(severity: Severity): string
  cardParts(incident: Incident): readonly Block[]
  cardButtons(incident: Incident): readonly Block[]
  announcementParts(incident: Incident): readonly string[]
}

export function makeRules(ground: Ground): Rules {
  const { config, templates, slots } = ground
  const own = config.incidents as IncidentsConfig
  const { severities, teams, services } = config
  const pagedFor = (severity: Severity, service: string | null) => {
    const team = severities[severity]?.page ?? null
    return team === null || service === null ? team : (services[service]?.team ?? team)
  }
  const membersOf = (team: string | null | undefined) => teams[team ?? '']?.members ?? []
  return {
    severities: Object.keys(severities),
    defaultSeverity: own.defaultSeverity,
    services: Object.keys(services),
    roles: Object.keys(own.roles),
    askForLeadAfter: own.askForLead,
    askToCloseAfter: own.askToClose,
    handoverWithin: own.handoverWithin,
    templates,
    announceIn: config.channels.incidents,
    channelName: own.channelName,
    archiveAfter: own.archiveAfter,
    bookmarks: own.bookmarks,
    pagedFor,
    mailedFor: (severity) => severities[severity]?.mail ?? [],
    invitedFor({ severity, service }) {
      const named = severities[severity]?.invite ?? []
      return {
        people: [
          ...membersOf(pagedFor(severity, null)),
          ...membersOf(service === null ? null : services[service]?.team),
          ...named.filter((one) => !isGroup(one)),
        ],
        groups: named.filter(isGroup),
      }
    },
    onDuty: (db, team, now) => onDuty(db, ground, { team, now }),
    missingRoles: ({ severity, roles, status }) =>
      isOver({ status }) ? [] : (severities[severity]?.roles ?? []).filter((role) => roles[role] === undefined),
    acknowledgeWithin: (severity) => severities[severity]?.acknowledgeWithin ?? null,
    wantsDataLoss: ({ severity, kind, dataLoss }) =>
      kind === 'real' && dataLoss === null && (severities[severity]?.dataLoss ?? false),
    wantsPostmortem: (severity) => severities[severity]?.postmortem ?? false,
    dutiesOf: (role) => (role === 'incident lead' ? own.leadDuties : (own.roles[role]?.duties ?? '')),
    impacts: own.impacts,
    examples: Object.entries(severities)
      .filter(([, { examples }]) => examples.length > 0)
      .map(([name, { examples }]) => `${name}: ${examples.join('; ')}`)
      .join('\n'),
    describe: (severity) => severities[severity]?.meaning ?? '',
    describeAtLength(severity) {
      const known = severities[severity]
      if (!known) return ''
      const { meaning, examples, acknowledgeWithin, roles: wanted, postmortem } = known
      return [
        `${meaning}.`,
        ...(examples.length === 0 ? [] : [`For example: ${examples.join('; ')}.`]),
        ...(acknowledgeWithin === null ? [] : [`Acknowledged within ${formatDuration(acknowledgeWithin)}.`]),
        ...(wanted.length === 0 ? [] : [`Wants ${wanted.join(', ')}.`]),
        ...(known.dataLoss ? ['At its end it is said whether data was lost.'] : []),
        ...(postmortem ? ['Is looked back on.'] : []),
      ].join(' ')
    },
    cardParts: (incident) => slots.parts(cardParts, incident),
    cardButtons: (incident) => slots.parts(cardButtons, incident),
    announcementParts: (incident) => slots.parts(announcementParts, incident),
  }
}

function isGroup(name: string): boolean {
  return name.startsWith('@')
}
