/** The world of a rehearsal: a file to edit, and what was started in it. What is live follows from what has run. */
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Io, Target } from '../executor.ts'

const worldSchema = z.object({
  versions: z.array(z.string()).min(1).default(['v140', 'v141', 'v142']),
  /** What is live before anything has run here; a change of it is a change behind our back. */
  live: z.string().default('v142'),
  isSick: z.boolean().default(false),
  trouble: z
    .enum(['none', 'cannot-plan', 'rejects', 'fails', 'loses-answer', 'cannot-tell', 'does-not-stop'])
    .default('none'),
})
export type World = z.infer<typeof worldSchema>

const jobSchema = z.object({
  key: z.string(),
  to: z.string(),
  startedAt: z.number(),
  takes: z.number(),
  fails: z.boolean(),
})
export type Job = z.infer<typeof jobSchema>

/** The file that whoever leads a rehearsal edits. */
export function worldFile(home: string, target: Target): string {
  return path.join(home, `${folderOf(target)}.json`)
}

export async function readWorld({ homeDir }: Pick<Io, 'homeDir'>, target: Target): Promise<World> {
  return worldSchema.parse((await readJson(worldFile(homeDir, target))) ?? {})
}

export async function liveVersion(io: Pick<Io, 'homeDir'>, target: Target, world: World): Promise<string> {
  const done: Job[] = []
  for (const name of await filesIn(path.join(io.homeDir, folderOf(target)))) {
    if (!name.endsWith('.job.json')) continue
    const job = await jobOf(io, target, name.replace('.job.json', ''))
    // In sequence: a handful of small files.
    if (job === null || job.fails || job.startedAt + job.takes > Date.now()) continue
    if (!(await wasStopped(io, target, job.key))) done.push(job)
  }
  return done.toSorted((a, b) => a.startedAt - b.startedAt).at(-1)?.to ?? world.live
}

/** False when there was one under this key. */
export async function claimJob({ homeDir }: Pick<Io, 'homeDir'>, target: Target, job: Job): Promise<boolean> {
  const folder = path.join(homeDir, folderOf(target))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await writeFile(path.join(folder, `${job.key}.job.json`), JSON.stringify(job), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

export async function jobOf({ homeDir }: Pick<Io, 'homeDir'>, target: Target, key: string): Promise<Job | null> {
  const found = await readJson(path.join(homeDir, folderOf(target), `${key}.job.json`))
  return found === null ? null : jobSchema.parse(found)
}

/** A line for each start, ever: whoever doubts that nothing starts twice may count them. */
export async function appendDispatch({ homeDir }: Pick<Io, 'homeDir'>, target: Target, key: string): Promise<void> {
  await appendFile(path.join(homeDir, `${folderOf(target)}.dispatches`), `${key}\n`)
}

export async function requestStop({ homeDir }: Pick<Io, 'homeDir'>, target: Target, key: string): Promise<void> {
  await writeFile(path.join(homeDir, folderOf(target), `${key}.stopped`), '')
}

export async function wasStopped({ homeDir }: Pick<Io, 'homeDir'>, target: Target, key: string): Promise<boolean> {
  return (await filesIn(path.join(homeDir, folderOf(target)))).includes(`${key}.stopped`)
}

function folderOf({ service, environment }: Target): string {
  return `${service}-${environment}`
}

async function filesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
