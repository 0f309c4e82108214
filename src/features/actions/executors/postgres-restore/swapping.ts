/**
 * Two folders change names while their server stands still: step by step, so that whoever dies between two steps leaves
 * something that can be picked up.
 *
 *   swap:  write down ▶ stop ▶ data → keepAs ▶ next → data ▶ start ▶ checked ▶ live
 *                                 └─ mended: put back ─┘ └─ mended: finished ─┘
 *
 * What is written down lies beside the data and is on the disk before anything moves. Where things stand is then read
 * from the folders themselves, by their inodes, and never from how far somebody said that he was. Until the second
 * renaming nobody can have written to the new one, and it is put back; after it somebody may have, and it is finished.
 * Mending may end anywhere too: it begins by looking, and does only what is left.
 */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { Failed } from './work-steps.ts'

const swapSchema = z.object({
  /** Of the action: the same as its run's. */
  key: z.string(),
  /** `taken back`: the old one is live again, or was never touched. */
  standing: z.enum(['under way', 'live', 'taken back']),
  data: z.string(),
  next: z.string(),
  keepAs: z.string(),
  /** The folders themselves, whatever they are called just now. */
  old: z.number(),
  new: z.number(),
  /** The moment that the new one stands for; null when nothing was restored. */
  standsFor: z.string().nullable(),
  forPeople: z.string(),
})
export type Swap = z.infer<typeof swapSchema>

/** What is done to the server in between. Each throws when it cannot. */
export interface Server {
  stop(): Promise<void>
  start(): Promise<void>
  /** Whether it does within so many seconds; it is asked once at least. */
  answers(secondsMax: number): Promise<boolean>
  /** Whether what is live now is what it should be. */
  check(swap: Swap): Promise<void>
}

const startSecondsMax = 300

/** Beside the data: with the last swap of it, under way or over. */
export function swapFileOf(data: string): string {
  return `${data}_swap.json`
}

export function swapOf(data: string): Swap | null {
  try {
    return swapSchema.parse(JSON.parse(fs.readFileSync(swapFileOf(data), 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

export interface Names {
  key: string
  data: string
  /** The folder that becomes the live one. */
  next: string
  keepAs: string
  standsFor: string | null
}

/** Each step that is done, in words. Nobody must stop asking for the next one but by dying. */
export async function* swap(names: Names, server: Server): AsyncGenerator<string> {
  const { data, next, keepAs } = names
  const before = swapOf(data)
  if (before?.standing === 'under way')
    throw new Failed(`another swap is half-way: ${swapFileOf(data)} says what to do`)
  const ours: Swap = {
    ...names,
    standing: 'under way',
    old: inodeOf(data) ?? 0,
    new: inodeOf(next) ?? 0,
    forPeople: `If nothing works on this any more: ask for it again in Slack with “Look again”. By hand: stop the server; if ${data} is missing, rename ${keepAs} to ${data}; start the server, and remove this file.`,
  }
  writeDown(ours)
  yield `what to do if this ends half-way is in ${swapFileOf(data)}`
  try {
    await server.stop()
  } catch (error) {
    await restart(server)
    writeDown({ ...ours, standing: 'taken back' })
    yield 'nothing was renamed'
    throw error
  }
  yield 'the server stands still'
  rename(data, keepAs)
  yield `${data} is ${keepAs} now`
  rename(next, data)
  yield `${next} is ${data} now`
  yield* bringUp(ours, server, 'first')
}

/** Picks up what somebody left half-way. */
export async function* mend(ours: Swap, server: Server): AsyncGenerator<string> {
  if (ours.standing === 'live') return yield 'it is live already'
  if (ours.standing === 'taken back') throw new Failed('it was taken back: the old one is live')
  const place = placeOf(ours)
  if (place === 'unclear')
    throw new Failed(
      `${ours.data} and ${ours.keepAs} are not the folders that they were: look at ${swapFileOf(ours.data)}`,
    )
  if (place === 'after') return yield* bringUp(ours, server, 'again')
  yield* putBack(ours, server)
  throw new Failed(`it had ended before ${ours.next} was live, and is taken back`)
}

/** The new one has the name. It is live once it answers as it should, and is taken back when it does not. */
async function* bringUp(ours: Swap, server: Server, how: 'first' | 'again'): AsyncGenerator<string> {
  try {
    await (how === 'first' ? start(server) : restart(server))
    yield 'the server answers'
    // It was checked before it was put here. Later, what people have written since would only spoil the counts.
    if (how === 'first') await server.check(ours)
    writeDown({ ...ours, standing: 'live' })
  } catch (error) {
    yield `it did not come up as it should, and is taken back: ${error instanceof Error ? error.message : String(error)}`
    yield* putBack(ours, server)
    throw error
  }
  yield `live: ${ours.next} is ${ours.data} now, and the old one is ${ours.keepAs}`
}

async function* putBack(ours: Swap, server: Server): AsyncGenerator<string> {
  const { data, next, keepAs } = ours
  if (placeOf(ours) === 'after') {
    // One that did not start cannot be stopped either.
    await server.stop().catch(() => {})
    rename(data, next)
    yield `${data} is ${next} again`
  }
  if (placeOf(ours) === 'between') {
    rename(keepAs, data)
    yield `${keepAs} is ${data} again`
  }
  await restart(server)
  writeDown({ ...ours, standing: 'taken back' })
  yield `${data} is the old one again, and answers; what was restored is in ${next}`
}

/** One that was stopped, one that is just starting and one that a power cut ended look alike from here. */
async function restart(server: Server): Promise<void> {
  if (await server.answers(0)) return
  await server.stop().catch(() => {})
  await start(server)
}

async function start(server: Server): Promise<void> {
  await server.start()
  if (!(await server.answers(startSecondsMax)))
    throw new Failed(`the server did not answer within ${startSecondsMax} seconds`)
}

/** Between which steps the folders stand. */
function placeOf({ data, next, keepAs, old, new: new_ }: Swap): 'before' | 'between' | 'after' | 'unclear' {
  const [live, kept, coming] = [data, keepAs, next].map(inodeOf)
  if (live === old) return 'before'
  if (kept !== old) return 'unclear'
  if (live === null && coming === new_) return 'between'
  return live === new_ ? 'after' : 'unclear'
}

/** As a whole or not at all, and on the disk before anything moves. */
function writeDown(ours: Swap): void {
  const file = swapFileOf(ours.data)
  const descriptor = fs.openSync(`${file}.new`, 'w', 0o644)
  fs.writeSync(descriptor, `${JSON.stringify(ours, null, 2)}\n`)
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
  rename(`${file}.new`, file)
}

/** On the disk, in the order in which it was done, whatever the power does next. */
function rename(from: string, to: string): void {
  fs.renameSync(from, to)
  for (const folder of new Set([path.dirname(from), path.dirname(to)])) {
    const descriptor = fs.openSync(folder, 'r')
    fs.fsyncSync(descriptor)
    fs.closeSync(descriptor)
  }
}

function inodeOf(folder: string): number | null {
  return fs.statSync(folder, { throwIfNoEntry: false })?.ino ?? null
}
