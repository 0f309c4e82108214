/** The revisions that a Deployment still knows: each is a ReplicaSet that it owns, and never changes. */
import { z } from 'zod'
import type { Asked, Io } from '../executor.ts'
import { ask, bearer } from '../wire.ts'
import type { Deployment } from './cluster.ts'
import { type Config, namespaceUrl, who } from './settings.ts'

export const payloadSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('undo'), replicaSet: z.string(), uid: z.string(), revision: z.number() }),
  z.object({ do: z.literal('scale'), replicas: z.number() }),
  z.object({ do: z.literal('restart'), at: z.string() }),
])
export type Payload = z.infer<typeof payloadSchema>

export type Template = z.infer<typeof Template>
const Template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).default({ labels: {} }),
  spec: z
    .looseObject({ containers: z.array(z.looseObject({ image: z.string() })).default([]) })
    .default({ containers: [] }),
})
const ReplicaSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
      }),
      spec: z.object({ template: Template }),
    }),
  ),
})

export interface Revision {
  revision: number
  name: string
  uid: string
  images: readonly string[]
  template: Template
}

const revisionKey = 'deployment.kubernetes.io/revision'

export async function revisionsOf(asked: Asked<Config>, { metadata, spec }: Deployment, io: Io) {
  const selector = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`)
  const url = `${namespaceUrl(asked, 'apps/v1')}/replicasets?labelSelector=${encodeURIComponent(selector.join(','))}`
  const request = { method: 'GET' as const, url, headers: bearer(io, asked.config.tokenVariable) }
  const { items } = await ask(io, who, request, ReplicaSets)
  // Labels may match ReplicaSets of others; only the owner's id says whose they are.
  const owned = items.filter((item) => item.metadata.ownerReferences.some((owner) => owner.uid === metadata.uid))
  const all = owned
    .map((item): Revision => {
      const { template } = item.spec
      return {
        revision: Number(item.metadata.annotations[revisionKey] ?? 0),
        name: item.metadata.name,
        uid: item.metadata.uid,
        images: template.spec.containers.map((container) => container.image),
        template,
      }
    })
    .toSorted((a, b) => b.revision - a.revision)
  const currentNumber = Number(metadata.annotations[revisionKey] ?? 0)
  return {
    all,
    current: all.find((one) => one.revision === currentNumber),
    earlier: all.filter((one) => one.revision < currentNumber),
  }
}
