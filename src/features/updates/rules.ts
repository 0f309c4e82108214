/** The rules of updates, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { UpdatesConfig } from './config.ts'
import type { Policy } from './domain.ts'

export interface Rules extends Policy {
  templates: Templates
  announceIn: string
  /** The channel of those who want to know, and need not act. */
  updatesIn: string
  readInAfter: number
}

export function makeRules({ config, templates }: Ground): Rules {
  const { askAfter, readInAfter } = config.updates as UpdatesConfig
  const { severities, channels } = config
  return {
    askAfter: askAfter.toSorted((a, b) => a - b),
    every({ severity, status }) {
      const every = severities[severity]?.updateEvery ?? null
      return typeof every === 'object' && every !== null ? (every[status] ?? null) : every
    },
    templates,
    announceIn: channels.incidents,
    updatesIn: channels.updates,
    readInAfter,
  }
}
