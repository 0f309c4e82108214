/** The rules of escalation, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { climbOf, type EscalationConfig } from './config.ts'
import type { Policy } from './domain.ts'

export interface Rules extends Policy {
  templates: Templates
  /** The team whose people are paged at this severity. */
  pagedFor(severity: string): string | null
  /** Teams, people, channels and addresses behind a word of a ladder. */
  meant(word: string): readonly string[]
}

export function makeRules({ config, templates }: Ground): Rules {
  const own = config.escalation as EscalationConfig
  return {
    templates,
    pagedFor: (severity) => config.severities[severity]?.page ?? null,
    meant: (word) => own.who[word] ?? [],
    ladders: Object.entries(own.ladders).map(([name, given]) => ({
      name,
      severities: given.severities,
      ...climbOf(given),
    })),
  }
}
