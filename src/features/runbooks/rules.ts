/** The rules of runbooks: the library, read once from its pages, and the sentences that people may reword. */
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import type { RunbooksConfig } from './config.ts'
import type { Policy } from './domain.ts'
import { type Library, readLibrary } from './library.ts'

export interface Rules extends Policy {
  library: Library
  templates: Templates
  databaseOf(name: string): RunbooksConfig['databases'][string] | null
  opensBySelf: boolean
  /** Whom a reminder about a runbook goes to: a person, or the members of a team. */
  ownersOf(owner: string | null): readonly string[]
  opsChannel: string
  publicUrl: string
}

export function makeRules({ config, templates, content, publicUrl }: Ground): Rules {
  const own = config.runbooks as RunbooksConfig
  return {
    library: readLibrary(content),
    teams: Object.keys(config.teams),
    databases: Object.keys(own.databases),
    databaseOf: (name) => own.databases[name] ?? null,
    templates,
    opensBySelf: own.openBySelf,
    ownersOf: (owner) =>
      owner === null ? [] : /^[UW][A-Z0-9]+$/.test(owner) ? [owner] : (config.teams[owner]?.members ?? []),
    opsChannel: config.channels.ops,
    publicUrl,
  }
}
