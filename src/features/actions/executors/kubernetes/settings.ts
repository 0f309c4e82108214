/** Which Deployment of which cluster, and what may be done to it. */
import { z } from 'zod'
import type { Asked } from '../executor.ts'
import { fillAddress, valuesOf } from '../slots.ts'

const name = z.string().regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\{[a-z.-]+\})$/, 'use the name of a Kubernetes object')
const base = {
  /** The API server. Its certificate is checked; name its authority in NODE_EXTRA_CA_CERTS. */
  server: z.url({ protocol: /^https?$/ }),
  tokenVariable: z.string(),
  namespace: name,
  deployment: name,
}
export const configSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('undo'),
    ...base,
    /** The parameter with the revision. */ revision: z.string().default('to'),
  }),
  z.strictObject({
    do: z.literal('scale'),
    ...base,
    replicas: z.string().default('replicas'),
    min: z.number().int().min(0),
    max: z.number().int().min(1),
  }),
  z.strictObject({ do: z.literal('restart'), ...base }),
])
export type Config = z.infer<typeof configSchema>

export const who = 'Kubernetes'

export function namespaceUrl({ config, ...asked }: Asked<Config>, group: string): string {
  const { server, namespace } = config
  return fillAddress(`${server.replace(/\/$/, '')}/apis/${group}/namespaces/${namespace}`, valuesOf(asked))
}

export function deploymentUrl(asked: Asked<Config>): string {
  return `${namespaceUrl(asked, 'apps/v1')}/deployments/${fillAddress(asked.config.deployment, valuesOf(asked))}`
}
