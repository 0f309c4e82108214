/**
 * Touches nothing: for practising the whole way from the request to the undo, and what to do when it goes wrong.
 *
 * Its world is one file for each target, below the folder of runs: which version is "live", and what trouble to make.
 * Whoever leads a drill edits that file; the next plan, start or probe meets what it says.
 */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Executor } from '../executor.ts'
import {
  appendDispatch,
  claimJob,
  jobOf,
  liveVersion,
  readWorld,
  requestStop,
  type World,
  wasStopped,
} from './world.ts'

const settings = z.strictObject({
  /** How long it pretends to work. */
  takesMilliseconds: z.number().int().min(0).max(600_000).default(2_000),
  /** How slow its world is to answer when it is asked to plan, to look and to begin. */
  answersAfterMilliseconds: z.number().int().min(0).max(30_000).default(0),
})
type Settings = z.infer<typeof settings>

const handleSchema = z.object({ key: z.string() })

export const rehearsal: Executor<Settings> = {
  name: 'rehearsal',
  summary: 'Touches nothing: for practising, trouble included.',
  tierMax: 3,
  canStop: true,
  configSchema: settings,
  paramsOf: () => [],
  example: { takesMilliseconds: 2_000 },

  async plan({ target, params, config }, io) {
    await answering(config)
    const world = await readWorld(io, target)
    const live = await liveVersion(io, target, world)
    if (world.trouble === 'cannot-plan') return { refused: 'The rehearsed world cannot be read. Try again later.' }
    const wanted = params.to === undefined ? world.versions.at(world.versions.indexOf(live) - 1) : String(params.to)
    if (wanted === undefined || wanted === live) return { refused: `${live} is live already; there is nothing to do.` }
    return {
      payload: { to: wanted },
      before: live,
      after: wanted,
      blastRadius: `nobody: a rehearsal of ${target.key}`,
      lost: null,
      takesSeconds: Math.ceil(config.takesMilliseconds / 1_000),
      steps: [`say that ${wanted} is live instead of ${live}`],
      observed: { live },
      inverse: { params: { to: live } },
    }
  },

  async observe({ target, config }, io) {
    await answering(config)
    return { live: await liveVersion(io, target, await readWorld(io, target)) }
  },

  async dispatch({ target, config, plan }, key, io) {
    await answering(config)
    const world = await readWorld(io, target)
    if (world.trouble === 'rejects') return { outcome: 'rejected', why: 'The rehearsed world refused it.' }
    const to = z.object({ to: z.string() }).parse(plan.payload).to
    const isFirst = await claimJob(io, target, {
      key,
      to,
      startedAt: Date.now(),
      takes: config.takesMilliseconds,
      fails: world.trouble === 'fails',
    })
    if (!isFirst) return { outcome: 'unknown', why: 'It was started under this key before.' }
    await appendDispatch(io, target, key)
    await answering(config)
    if (isLosing(world)) return { outcome: 'unknown', why: 'The answer was lost.' }
    return { outcome: 'accepted', handle: { key } }
  },

  async poll({ target }, handle, io) {
    const { key } = handleSchema.parse(handle)
    const job = await jobOf(io, target, key)
    if (job === null) return { phase: 'unknown', detail: 'The rehearsal left no trace.', tail: '' }
    const elapsed = Date.now() - job.startedAt
    const tail = Array.from(
      { length: Math.min(Math.floor(elapsed / 500) + 1, 40) },
      (_, n) => `practising, line ${n + 1}`,
    ).join('\n')
    const output = { bytes: tail.length, sha256: createHash('sha256').update(tail).digest('hex') }
    if (await wasStopped(io, target, key)) return { phase: 'stopped', detail: 'stopped when asked', tail, output }
    if (elapsed < job.takes) return { phase: 'running', detail: `${Math.floor((elapsed * 100) / job.takes)} %`, tail }
    if (job.fails) return { phase: 'failed', detail: 'it was told to fail', tail, output }
    return { phase: 'succeeded', detail: `${job.to} is live`, tail, output }
  },

  async stop({ target }, handle, io) {
    const { trouble } = await readWorld(io, target)
    if (trouble === 'does-not-stop') return
    await requestStop(io, target, handleSchema.parse(handle).key)
  },

  async reconcile({ target }, key, io) {
    const { trouble } = await readWorld(io, target)
    if (trouble === 'cannot-tell') return { found: 'unknown', why: 'The rehearsed world does not answer.' }
    return (await jobOf(io, target, key)) === null ? { found: 'nothing' } : { found: 'handle', handle: { key } }
  },

  async choices(_param, { target }, io) {
    const world = await readWorld(io, target)
    return world.versions.map((value) => ({ value, label: value }))
  },
}

function answering({ answersAfterMilliseconds }: Settings): Promise<void> {
  return pause(answersAfterMilliseconds)
}

function isLosing({ trouble }: World): boolean {
  return trouble === 'loses-answer' || trouble === 'cannot-tell'
}
