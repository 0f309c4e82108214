/**
 * The releases of the demo service, and which of them shall run: a folder with one file, as a release tool would keep
 * it. Two processes read and write it (the service's keeper and the release command); each write replaces the whole.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

export interface Release {
  /** `v142-1f0c2b7a`: the name and what it was built from. It never means anything else. */
  id: string
  name: string
  /** Whether this release does its work. */
  isBroken: boolean
}

export interface Desired {
  current: string
  /** Newest last. */
  history: readonly { release: string; at: string; key: string | null }[]
}

export const releases: readonly Release[] = [release('v140', false), release('v141', false), release('v142', true)]

function release(name: string, isBroken: boolean): Release {
  const digest = createHash('sha256').update(`checkout ${name} ${isBroken}`).digest('hex')
  return { id: `${name}-${digest.slice(0, 8)}`, name, isBroken }
}

const desiredFile = (folder: string) => path.join(folder, 'releases.json')
export const addressFile = (folder: string) => path.join(folder, 'address')

/** What shall run. A new folder begins with the newest release, which is broken: something to roll back. */
export function readDesired(folder: string): Desired {
  try {
    return JSON.parse(fs.readFileSync(desiredFile(folder), 'utf8')) as Desired
  } catch {
    const history = releases.map(({ id }) => ({ release: id, at: '2026-01-01T00:00:00.000Z', key: null }))
    return { current: history.at(-1)?.release ?? '', history }
  }
}

export function writeDesired(folder: string, desired: Desired): void {
  fs.mkdirSync(folder, { recursive: true })
  const draft = `${desiredFile(folder)}.new`
  fs.writeFileSync(draft, JSON.stringify(desired))
  fs.renameSync(draft, desiredFile(folder))
}

/** By id or by name. */
export function findRelease(word: string): Release | undefined {
  return releases.find((one) => one.id === word || one.name === word)
}

/** The newest one that ran before the current, and is another: what "back" means. */
export function previousOf({ current, history }: Desired): string | undefined {
  return history.map((one) => one.release).findLast((one) => one !== current)
}
