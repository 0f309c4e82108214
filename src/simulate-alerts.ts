/** `tocsin check --simulate`: recorded alert payloads, held against the configuration. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Config } from './config.ts'
import { slotsOf } from './core/slots.ts'
import type { Templates } from './core/templates.ts'
import { alertRules, type Recorded, simulate } from './features/alerts/index.ts'

/** False when something could not be read, or says too little to whoever it would wake. */
export function simulateAlerts(
  place: string,
  config: Config,
  templates: Templates,
  print: (line: string) => void,
): boolean {
  const files = filesAt(place)
  if (files.length === 0) {
    print(`${place}: there is nothing recorded. Name a file or a folder of .json files, one delivery each.`)
    return false
  }
  const broken: string[] = []
  const recorded = files.flatMap((file): Recorded[] => {
    const body = readJson(file)
    if (body !== undefined) return [{ file, body }]
    broken.push(file)
    return []
  })
  const rules = alertRules({ config, templates, slots: slotsOf([]), publicUrl: '', linkSecret: '', content: [] })
  const { lines, unreadable, lacking } = simulate(recorded, rules)
  for (const line of lines) print(line)
  for (const file of broken) print(`${file}: is not JSON. Record one delivery a file, as it came.`)
  return unreadable === 0 && lacking === 0 && broken.length === 0
}

/** In the order of their names, which is the order in which they were recorded. */
function filesAt(place: string): string[] {
  const found = statSync(place, { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [place]
  const inside = readdirSync(place, { recursive: true, encoding: 'utf8' }).map((file) => path.join(place, file))
  return inside.filter((file) => file.endsWith('.json')).toSorted()
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
