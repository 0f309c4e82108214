/**
 * A service of a Docker swarm, back to the image that ran before, by its digest. Tags move; a digest never does, so an
 * image without one is refused.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json } from '../executor.ts'
import { fillAddress, paramsIn, valuesOf } from '../slots.ts'
import { ask, dispatchedBy, hear, NoAnswer, observeFrom, planFrom, pollFrom, reconcileFrom } from '../wire.ts'
import { actionLabel, digestShape, engineSchema, reach, who } from './engine.ts'

const configSchema = z.strictObject({
  /** The Engine: `unix:///var/run/docker.sock`, or `http://host:port`. */
  engine: engineSchema,
  service: z.string().regex(/^[\w.{}-]+$/, 'use the name of a service'),
  /** The parameter with the digest to go to: sha256:… */
  digest: z.string().default('to'),
})
type Config = z.infer<typeof configSchema>

const words = z.record(z.string(), z.string())
const Spec = z.looseObject({
  Name: z.string(),
  Labels: words.nullish(),
  TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }) }),
})
const Service = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  Spec,
  PreviousSpec: Spec.nullish(),
  UpdateStatus: z.object({ State: z.string().default(''), Message: z.string().default('') }).nullish(),
})
type Service = z.infer<typeof Service>

const Payload = z.object({ id: z.string(), image: z.string() })
const Handle = z.object({ key: z.string() })

export const docker: Executor<Config> = {
  name: 'docker',
  summary: 'a swarm service, back to the image that ran before, by digest',
  tierMax: 2,
  canStop: false,
  configSchema,
  paramsOf: ({ service, digest }) => [...paramsIn([service]), digest],

  plan: (asked, io) =>
    planFrom(async () => {
      const service = await serviceOf(asked, io)
      const current = imageOf(service.Spec)
      const previous = service.PreviousSpec ? imageOf(service.PreviousSpec) : null
      if (service.UpdateStatus?.State === 'updating')
        return { refused: 'Docker is updating this service. Wait for its end.' }
      const wanted = asked.params[asked.config.digest]
      const digest = wanted === undefined ? previous?.digest : String(wanted)
      if (digest === undefined || !digestShape.test(digest))
        return {
          refused:
            wanted === undefined
              ? 'Docker keeps no earlier image of this service with a digest. Name one: sha256:…'
              : 'Name the image by its digest: sha256: and 64 digits.',
        }
      if (digest === current.digest) return { refused: 'This image runs already.' }
      const image = `${(wanted === undefined ? previous : null)?.name ?? current.name}@${digest}`
      return {
        payload: { id: service.ID, image },
        before: current.text,
        after: image,
        blastRadius: `all replicas of ${service.Spec.Name} in ${asked.target.environment}`,
        lost: null,
        takesSeconds: null,
        steps: [`replace the image of ${service.Spec.Name}, as its update settings say`],
        observed: factsOf(service),
        inverse: current.digest === undefined ? null : { params: { [asked.config.digest]: current.digest } },
      }
    }),
  observe: (order, io) => observeFrom(async () => factsOf(await serviceOf(order, io))),
  async dispatch(order, key, io) {
    const { id, image } = Payload.parse(order.plan.payload)
    try {
      const service = await serviceOf(order, io)
      if (JSON.stringify(factsOf(service)) !== JSON.stringify(order.plan.observed))
        return { outcome: 'rejected', why: 'The service changed since it was planned.' }
      const { TaskTemplate, Labels, ...spec } = service.Spec
      const reached = await reach(order.config, io)
      const heard = await hear(reached.io, {
        method: 'POST',
        // The version makes Docker refuse when somebody else was quicker.
        url: `${reached.url}/services/${encodeURIComponent(id)}/update?version=${service.Version.Index}&registryAuthFrom=previous-spec`,
        body: {
          ...spec,
          Labels: { ...Labels, [actionLabel]: key },
          TaskTemplate: { ...TaskTemplate, ContainerSpec: { ...TaskTemplate.ContainerSpec, Image: image } },
        },
      })
      return dispatchedBy(who, heard, () => ({ outcome: 'accepted', handle: { key } }))
    } catch (error) {
      // Only reading failed: nothing was sent.
      if (error instanceof NoAnswer) return { outcome: 'rejected', why: error.message }
      throw error
    }
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const { Spec: spec, UpdateStatus: update } = await serviceOf(order, io)
      const state = update?.State ?? ''
      const detail = [state.replaceAll('_', ' ') || 'waiting', update?.Message].filter(Boolean).join(': ')
      if (spec.Labels?.[actionLabel] !== Handle.parse(handle).key)
        return { phase: 'unknown', detail: 'somebody else changed the service meanwhile', tail: '' }
      return { phase: phases[state] ?? 'running', detail, tail: '' }
    }),
  // A rolling update that is cut short leaves two images running.
  stop: async () => {},
  reconcile: (order, key, io) =>
    reconcileFrom(async () => {
      const service = await serviceOf(order, io)
      return service.Spec.Labels?.[actionLabel] === key ? { found: 'handle', handle: { key } } : { found: 'nothing' }
    }),
  example: { engine: 'unix:///var/run/docker.sock', service: 'shop_{target.service}', digest: 'to' },
}

const phases: Readonly<Record<string, 'succeeded' | 'failed'>> = {
  completed: 'succeeded',
  paused: 'failed',
  rollback_started: 'failed',
  rollback_completed: 'failed',
  rollback_paused: 'failed',
}

async function serviceOf(asked: Asked<Config>, io: Io): Promise<Service> {
  const reached = await reach(asked.config, io)
  const url = `${reached.url}/services/${fillAddress(asked.config.service, valuesOf(asked))}`
  return ask(reached.io, who, { method: 'GET', url }, Service)
}

function factsOf(service: Service): Json {
  return { id: service.ID, image: service.Spec.TaskTemplate.ContainerSpec.Image }
}

function imageOf(spec: z.infer<typeof Spec>): { text: string; name: string; digest: string | undefined } {
  const text = spec.TaskTemplate.ContainerSpec.Image
  const [name = '', digest] = text.split('@')
  return { text, name, digest }
}
