/** The rules of runbooks: the library, read once from its pages, and the sentences that people may reword. */
import { createHmac } from 'node:crypto'
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
  /** The page with all that a run saw. The address is signed: who has it was in the run's channel. */
  pageOf(run: string): string
}

export function makeRules({ config, templates, content, publicUrl, linkSecret }: Ground): Rules {
  const own = config.runbooks as RunbooksConfig
  const signed = (run: string) =>
    createHmac('sha256', linkSecret).update(`runbooks/runs/${run}`).digest('base64url').slice(0, 32)
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
    pageOf: (run) => `${publicUrl}/runbooks/runs/${run}/${signed(run)}`,
  }
}
