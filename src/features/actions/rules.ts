/** The rules of actions, made once from tocsin.yml: what `decide` may know, and what effects and views need beside. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { clientsHearOf } from '../comms/index.ts'
import { catalogueOf, type Groups } from './catalogue.ts'
import type { ActionsConfig } from './config.ts'
import type { Policy } from './domain.ts'

export interface Rules extends Policy {
  config: ActionsConfig
  templates: Templates
  groups: Groups
  /** Where cards go that belong to no incident, and where glass is heard breaking. */
  opsChannel: string
  /** Where those read who want to know, and need not act. */
  updatesChannel: string
  deputies: string | null
  askDeputiesAfter: number
  unknownPagesAfter: number
  pages: string | null
  /** Whether clients are to hear of incidents of this severity. */
  clientsHearOf(severity: string): boolean
}

export function makeRules({ config, templates }: Ground): Rules {
  const own = config.actions as ActionsConfig
  return {
    config: own,
    catalogue: catalogueOf(own),
    severities: Object.keys(config.severities),
    freezes: own.freezes,
    limits: own.limits,
    planLives: { 0: own.planLives.T0, 1: own.planLives.T1, 2: own.planLives.T2, 3: own.planLives.T3 },
    glassSeverity: own.breakGlass.severity,
    glassDelay: own.breakGlass.delay,
    reviewAfter: own.breakGlass.review,
    templates,
    groups: config.groups,
    opsChannel: config.channels.ops,
    updatesChannel: config.channels.updates,
    deputies: own.deputies,
    askDeputiesAfter: own.askDeputiesAfter,
    unknownPagesAfter: own.unknownPagesAfter,
    pages: own.page,
    clientsHearOf: (severity) => clientsHearOf(config, severity),
  }
}
