/** The rules of incidents, made once from tocsin.yml: what `decide` may know, and what effects and views need beside. */
import type { Block } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { IncidentsConfig } from './config.ts'
import type { Incident, Policy, Severity } from './domain.ts'
import { announcementParts, cardButtons, cardParts } from './views.ts'

export interface Rules extends Policy {
  templates: Templates
  announceIn: string
  channelPrefix: string
  /** The team whose people are paged at this severity; null pages nobody. */
  pagedFor(severity: Severity): string | null
  mailedFor(severity: Severity): readonly string[]
  invitedFor(severity: Severity): readonly string[]
  describe(severity: Severity): string
  cardParts(incident: Incident): readonly Block[]
  cardButtons(incident: Incident): readonly Block[]
  announcementParts(incident: Incident): readonly string[]
}

export function makeRules({ config, templates, slots }: Ground): Rules {
  const own = config.incidents as IncidentsConfig
  const { severities, teams } = config
  const pagedFor = (severity: Severity) => severities[severity]?.page ?? null
  return {
    severities: Object.keys(severities),
    defaultSeverity: own.defaultSeverity,
    askForLeadAfter: own.askForLead,
    templates,
    announceIn: config.channels.incidents,
    channelPrefix: own.channelPrefix,
    pagedFor,
    mailedFor: (severity) => severities[severity]?.mail ?? [],
    invitedFor: (severity) => teams[pagedFor(severity) ?? '']?.members ?? [],
    describe: (severity) => severities[severity]?.meaning ?? '',
    cardParts: (incident) => slots.parts(cardParts, incident),
    cardButtons: (incident) => slots.parts(cardButtons, incident),
    announcementParts: (incident) => slots.parts(announcementParts, incident),
  }
}
