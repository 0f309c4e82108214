/** Programs of others that some tests run: where they are missing, the tests say so loudly. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

/** Where they stand; null, and said why, when one of them is missing. */
export function toolsFor<Name extends string>(
  what: string,
  names: readonly Name[],
  howToGet: string,
): Record<Name, string> | null {
  const found = names.map((name) => [name, find(name)] as const)
  const missing = found.filter(([, file]) => file === null).map(([name]) => name)
  if (missing.length === 0) return Object.fromEntries(found) as Record<Name, string>
  process.stderr.write(`SKIPPED: ${what}. There is no ${missing.join(', no ')}. ${howToGet}\n`)
  return null
}

function find(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null
}

/** What it said, with both of its voices, and whether it was content. */
export function runTool(file: string, args: readonly string[]): { isContent: boolean; said: string } {
  try {
    return { isContent: true, said: execFileSync(file, [...args], { encoding: 'utf8', stdio: 'pipe' }) }
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return { isContent: false, said: `${stdout}${stderr}` }
  }
}
