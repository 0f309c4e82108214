/** The rules of escalation, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { isToldThere } from '../oncall/index.ts'
import { climbOf, type EscalationConfig, serviceTeam } from './config.ts'
import type { About, Policy } from './domain.ts'

export interface Rules extends Policy {
  templates: Templates
  /** The team whose people are paged at this severity. */
  pagedFor(about: Concerned): string | null
  /** Words of whoever is told of an update that stays away. */
  lateUpdateWho: readonly string[]
  /** Teams, people, channels and addresses behind a word of a ladder. */
  meant(word: string, about: Concerned): readonly string[]
}

type Concerned = Pick<About, 'severity' | 'service'>

export function makeRules({ config, templates }: Ground): Rules {
  const own = config.escalation as EscalationConfig
  const pagedFor = ({ severity, service }: Concerned) => {
    const team = config.severities[severity]?.page ?? null
    return team === null || service == null ? team : (config.services[service]?.team ?? team)
  }
  const teamFor = ({ severity, service }: Concerned) =>
    (service == null ? null : config.services[service]?.team) ?? config.severities[severity]?.page ?? null
  return {
    templates,
    isToldOutside: ({ isPrivate }) => isToldThere(config, isPrivate),
    pagedFor,
    lateUpdateSeverities: own.lateUpdates.severities,
    lateUpdateWho: own.lateUpdates.who,
    meant(word, about) {
      const team = teamFor(about)
      const said = own.who[word] ?? []
      return said.flatMap((one) => (one !== serviceTeam ? [one] : team === null ? [] : [`team ${team}`]))
    },
    ladders: Object.entries(own.ladders).map(([name, given]) => ({
      name,
      severities: given.severities,
      services: given.services,
      ...climbOf(given),
    })),
  }
}
