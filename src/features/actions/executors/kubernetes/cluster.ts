/** A Deployment as the API server tells it: what a plan rests on, what changes it, how it stands. */
import { z } from 'zod'
import type { Asked, Io, Json, Progress } from '../executor.ts'
import { ask, bearer } from '../wire.ts'
import type { Payload, Template } from './revisions.ts'
import { type Config, deploymentUrl, namespaceUrl, who } from './settings.ts'

/** The annotation by which an action is found again, set in the same patch as the change itself. */
export const marker = 'tocsin.dev/action'
const restartedAt = 'kubectl.kubernetes.io/restartedAt'

const words = z.record(z.string(), z.string()).default({})
const Deployment = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    resourceVersion: z.string(),
    annotations: words,
    labels: words,
  }),
  spec: z.object({
    replicas: z.number().optional(),
    paused: z.boolean().optional(),
    selector: z.object({ matchLabels: words }),
    template: z.object({ metadata: z.looseObject({ annotations: words }).default({ annotations: {} }) }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
})
export type Deployment = z.infer<typeof Deployment>

export type Patch = readonly { op: 'test' | 'add' | 'replace'; path: string; value: unknown }[]

export function deploymentOf(asked: Asked<Config>, io: Io): Promise<Deployment> {
  const headers = bearer(io, asked.config.tokenVariable)
  return ask(io, who, { method: 'GET', url: deploymentUrl(asked), headers }, Deployment)
}

/** Who would undo what we do; null when the Deployment is nobody's. */
export function ownerOf({ metadata: { labels, annotations } }: Deployment): string | null {
  if (labels['argocd.argoproj.io/instance'] || annotations['argocd.argoproj.io/tracking-id']) return 'Argo CD'
  if (labels['kustomize.toolkit.fluxcd.io/name'] || labels['helm.toolkit.fluxcd.io/name']) return 'Flux'
  return null
}

/** Not the generation: an autoscaler moves that, and an undo does not care. */
export function factsOf(config: Config, { metadata, spec }: Deployment, payload: Payload): Json {
  const facts = {
    uid: metadata.uid,
    revision: metadata.annotations['deployment.kubernetes.io/revision'] ?? '',
    isPaused: spec.paused === true,
  }
  if (config.do === 'scale') return { ...facts, replicas: spec.replicas ?? 1 }
  return payload.do === 'undo' ? { ...facts, to: payload.uid } : facts
}

export function changeOf(payload: Payload, deployment: Deployment, key: string, template: Template | null): Patch {
  const { annotations, resourceVersion } = deployment.metadata
  const mark = { op: 'add' as const, path: '/metadata/annotations', value: { ...annotations, [marker]: key } }
  const untouched = { op: 'test' as const, path: '/metadata/resourceVersion', value: resourceVersion }
  if (payload.do === 'scale') return [untouched, { op: 'add', path: '/spec/replicas', value: payload.replicas }, mark]
  if (payload.do === 'restart') {
    const value = { ...deployment.spec.template.metadata.annotations, [restartedAt]: payload.at }
    return [untouched, { op: 'add', path: '/spec/template/metadata/annotations', value }, mark]
  }
  return [untouched, { op: 'replace', path: '/spec/template', value: template && asOfDeployment(template) }, mark]
}

/** A ReplicaSet's template carries its own hash as a label; in the Deployment it would tie all replicas to that one. */
function asOfDeployment(template: Template): unknown {
  const { 'pod-template-hash': _, ...labels } = template.metadata.labels
  return { ...template, metadata: { ...template.metadata, labels } }
}

export function standing({ metadata, spec, status }: Deployment, handle: Json): Progress {
  const { key, generation } = z.object({ key: z.string(), generation: z.number() }).parse(handle)
  const wanted = spec.replicas ?? 1
  const detail = `${status.updatedReplicas} of ${wanted} replicas replaced, ${status.availableReplicas} available`
  if (metadata.annotations[marker] !== key)
    return { phase: 'unknown', detail: 'somebody else changed the Deployment meanwhile', tail: '' }
  if (status.observedGeneration < generation)
    return { phase: 'running', detail: 'not yet noticed by the cluster', tail: '' }
  const progressing = status.conditions.find((one) => one.type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { phase: 'failed', detail: `the rollout is stuck: ${detail}`, tail: '' }
  const isDone = status.updatedReplicas === wanted && status.availableReplicas === wanted && status.replicas === wanted
  return { phase: isDone ? 'succeeded' : 'running', detail, tail: '' }
}

/** The autoscaler that decides over these replicas. */
export async function scalerOf(asked: Asked<Config>, io: Io): Promise<string | null> {
  const Scalers = z.object({
    items: z.array(
      z.object({
        metadata: z.object({ name: z.string() }),
        spec: z.object({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) }),
      }),
    ),
  })
  const url = `${namespaceUrl(asked, 'autoscaling/v2')}/horizontalpodautoscalers`
  const headers = bearer(io, asked.config.tokenVariable)
  const { items } = await ask(io, who, { method: 'GET', url, headers }, Scalers)
  const mine = deploymentUrl(asked).split('/').at(-1)
  const scaler = items.find(({ spec: { scaleTargetRef: to } }) => to.kind === 'Deployment' && to.name === mine)
  return scaler?.metadata.name ?? null
}
