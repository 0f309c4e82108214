/** The example tocsin.yml, changed for a measurement. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Bench } from './run.ts'

export function configWith(
  bench: Pick<Bench, 'folder'>,
  change: (example: string) => string,
): { TOCSIN_CONFIG: string } {
  const file = path.join(bench.folder(), 'tocsin.yml')
  writeFileSync(file, change(readFileSync('tocsin.yml', 'utf8')))
  return { TOCSIN_CONFIG: file }
}

/** However many alerts a measurement sends one after the other, each is worked on as in fair weather. */
export function withoutStorms(example: string): string {
  return example.replace('groups: 30', 'groups: 1000000')
}
