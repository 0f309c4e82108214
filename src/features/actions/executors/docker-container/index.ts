/**
 * A container of one Docker Engine, back to an image that was there before, by its digest. Docker cannot change the image
 * of a container, so a new one is made with the same settings and takes the old one's name; the old one is stopped, and
 * kept under another name.
 */
import { z } from 'zod'
import { actionLabel, digestShape, engineSchema, reach } from '../docker/engine.ts'
import type { Asked, Executor, Io, Json, Progress } from '../executor.ts'
import { fillAddress, paramsIn, valuesOf } from '../slots.ts'
import { NoAnswer, observeFrom, planFrom, pollFrom, reconcileFrom } from '../wire.ts'
import { type Container, createdAt, digestIn, engineAt, repositoryOf } from './containers.ts'
import { replace } from './replacing.ts'

const configSchema = z.strictObject({
  /** The Engine: `unix:///var/run/docker.sock`, or `http://host:port`. */
  engine: engineSchema,
  container: z.string().regex(/^[\w.{}-]+$/, 'use the name of a container'),
  /** The parameter with the digest to go to: sha256:… */
  digest: z.string().default('to'),
})
type Config = z.infer<typeof configSchema>

const Payload = z.object({ container: z.string(), name: z.string(), image: z.string() })
const Handle = z.object({ key: z.string() })

export const dockerContainer: Executor<Config> = {
  name: 'docker-container',
  summary: 'a container, made anew from the image that was there before, by digest',
  tierMax: 2,
  canStop: false,
  configSchema,
  paramsOf: ({ container, digest }) => [...paramsIn([container]), digest],

  plan: (asked, io) =>
    planFrom(async () => {
      const { config, params, target } = asked
      const { engine, old, name, repository, image } = await whatRuns(asked, io)
      if (old.HostConfig.AutoRemove)
        return { refused: `${name} runs with --rm: stopping it would remove it. Start it without.` }
      const current = digestIn(image.RepoDigests, repository)
      const wanted = params[config.digest]
      const known = (await engine.imagesOf(repository)).filter(({ id }) => id !== old.Image)
      // Further back, whatever ran last: what was rolled back is newer, and is not gone to by itself.
      const digest =
        wanted === undefined ? known.find((one) => one.createdAt < createdAt(image.Created))?.digest : String(wanted)
      if (digest === undefined)
        return { refused: `There is no older image of ${repository} on this machine. Pull one, and name it: sha256:…` }
      if (!digestShape.test(digest)) return { refused: 'Name the image by its digest: sha256: and 64 digits.' }
      if (digest === current) return { refused: 'This image runs already.' }
      const reference = `${repository}@${digest}`
      if ((await engine.image(reference)) === null)
        return { refused: `${reference} is not on this machine. Pull it first, so that nothing is waited for.` }
      return {
        payload: { container: old.Id, name, image: reference },
        before: current === null ? `${old.Config.Image} (${old.Image.slice(0, 19)})` : `${repository}@${current}`,
        after: reference,
        blastRadius: `everybody who uses ${name} in ${target.environment}, while it is stopped and started`,
        lost: null,
        takesSeconds: null,
        steps: [
          `make a container from ${reference} with the settings of ${name}`,
          `stop ${name}, and keep it under another name`,
          `name the new one ${name}, and start it; if Docker refuses, take all of that back`,
        ],
        observed: factsOf(old),
        inverse: current === null ? null : { params: { [config.digest]: current } },
      }
    }),
  observe: (order, io) => observeFrom(async () => factsOf((await whatRuns(order, io)).old)),
  async dispatch(order, key, io) {
    const { image, name } = Payload.parse(order.plan.payload)
    try {
      const { reached, old, image: oldImage } = await whatRuns(order, io)
      if (JSON.stringify(factsOf(old)) !== JSON.stringify(order.plan.observed))
        return { outcome: 'rejected', why: 'The container changed since it was planned.' }
      return await replace({ engine: reached, old, oldImage, image, name, key })
    } catch (error) {
      // Only reading failed: nothing was sent.
      if (error instanceof NoAnswer) return { outcome: 'rejected', why: error.message }
      throw error
    }
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const made = await engineAt(await reach(order.config, io)).madeBy(labelOf(Handle.parse(handle).key))
      if (made === null) return { phase: 'unknown', detail: 'the container that was made is gone', tail: '' }
      return { ...standingOf(made), tail: '' }
    }),
  // Half-way there is no container at all.
  stop: async () => {},
  reconcile: (order, key, io) =>
    reconcileFrom(async () => {
      const made = await engineAt(await reach(order.config, io)).madeBy(labelOf(key))
      return made === null ? { found: 'nothing' } : { found: 'handle', handle: { key } }
    }),
  async choices(param, asked, io) {
    if (param !== asked.config.digest) return []
    const { engine, old, repository } = await whatRuns({ ...asked, params: {} }, io)
    const images = await engine.imagesOf(repository)
    return images
      .filter(({ id }) => id !== old.Image)
      .map(({ digest, createdAt: made }) => ({ value: digest, label: `${digest.slice(7, 19)}, ${made.toISOString()}` }))
  },
  example: { engine: 'unix:///var/run/docker.sock', container: '{target.service}', digest: 'to' },
}

function standingOf({ Name, State }: Container): Pick<Progress, 'phase' | 'detail'> {
  const { Status, ExitCode, Health } = State
  const health = Health?.Status ?? 'none'
  if (Status === 'created') return { phase: 'unknown', detail: `${Name.slice(1)} was made, and never started` }
  if (Status !== 'running') return { phase: 'failed', detail: `the container is ${Status}, exit code ${ExitCode}` }
  if (health === 'starting') return { phase: 'running', detail: 'started, not known to be healthy yet' }
  if (health === 'unhealthy') return { phase: 'failed', detail: 'the container runs, and is not healthy' }
  return { phase: 'succeeded', detail: `${Name.slice(1)} runs` }
}

async function whatRuns(asked: Pick<Asked<Config>, 'config' | 'target' | 'params'>, io: Io) {
  const reached = await reach(asked.config, io)
  const engine = engineAt(reached)
  const old = await engine.container(fillAddress(asked.config.container, valuesOf(asked)))
  const image = await engine.image(old.Image)
  if (image === null) throw new NoAnswer('The image that runs cannot be looked at.')
  return { reached, engine, old, image, name: old.Name.replace(/^\//, ''), repository: repositoryOf(old.Config.Image) }
}

function factsOf({ Id, Image }: Container): Json {
  return { container: Id, image: Image }
}

function labelOf(key: string): string {
  return `${actionLabel}=${key}`
}
