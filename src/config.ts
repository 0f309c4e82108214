/** The whole of tocsin.yml: what all features share, and each feature's own part below its name. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Loaded, loadYaml, type Mismatch } from './core/config.ts'
import type { SharedConfig } from './core/shared-config.ts'
import { sharedConfig } from './core/shared-config.ts'
import { features } from './features/index.ts'

export type Config = SharedConfig & Record<string, unknown>

const parts = features.flatMap(({ name, config }) => (config ? [{ name, ...config }] : []))

export const configSchema = z.strictObject({
  ...sharedConfig.shape,
  ...Object.fromEntries(parts.map(({ name, schema }) => [name, schema])),
})

export function parseConfig(text: string, file: string): Loaded<Config> {
  return loadYaml(text, file, configSchema as unknown as z.ZodType<Config>, findMismatches)
}

export function readConfig(file: string): Loaded<Config> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return {
      problems: [
        { file, line: 1, key: '', problem: `cannot be read (${reason})`, accepted: 'Set TOCSIN_CONFIG to the file' },
      ],
    }
  }
  return parseConfig(text, file)
}

function findMismatches(config: Config): Mismatch[] {
  const shared = checkShared(config)
  const own = parts.flatMap(({ name, check }) =>
    check(config).map((found) => ({ ...found, path: [name, ...found.path] })),
  )
  return [...shared, ...own]
}

/** While an incident runs. */
const statesWithUpdates = ['triage', 'investigating', 'identified', 'monitoring']

function checkShared(config: Config): Mismatch[] {
  const teams = Object.keys(config.teams)
  const found: Mismatch[] = []
  for (const [name, severity] of Object.entries(config.severities)) {
    if (severity.page === null || teams.includes(severity.page)) continue
    found.push({
      path: ['severities', name, 'page'],
      problem: `"${severity.page}" is no team`,
      accepted: `Use ${teams.join(', ') || 'a key of teams'}`,
    })
  }
  for (const [name, { updateEvery }] of Object.entries(config.severities)) {
    if (updateEvery === null || typeof updateEvery === 'number') continue
    for (const state of Object.keys(updateEvery).filter((one) => !statesWithUpdates.includes(one))) {
      found.push({
        path: ['severities', name, 'updateEvery', state],
        problem: `"${state}" is no state in which updates are due`,
        accepted: `Use ${statesWithUpdates.join(', ')}`,
      })
    }
  }
  for (const [name, service] of Object.entries(config.services)) {
    if (teams.includes(service.team)) continue
    found.push({
      path: ['services', name, 'team'],
      problem: `"${service.team}" is no team`,
      accepted: `Use ${teams.join(', ') || 'a key of teams'}`,
    })
  }
  return found
}
