/** An API server with one Deployment and its three revisions, as `kubectl get -o json` shows them. */
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'

const revisionKey = 'deployment.kubernetes.io/revision'

export async function startStandIn(): Promise<StandIn> {
  const template = (n: number) => ({
    metadata: { labels: { app: 'checkout' } as Record<string, string> },
    spec: { containers: [{ name: 'app', image: `registry.example.com/checkout@sha256:${String(n).repeat(8)}` }] },
  })
  const deployment = {
    metadata: {
      name: 'checkout',
      uid: 'd-1',
      generation: 7,
      resourceVersion: '1000',
      annotations: { [revisionKey]: '3' } as Record<string, string>,
      labels: {} as Record<string, string>,
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'checkout' } }, template: template(3) },
    status: {
      observedGeneration: 7,
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      conditions: [] as object[],
    },
  }
  const replicaSets = [1, 2, 3].map((n) => ({
    metadata: {
      name: `checkout-${n}`,
      uid: `rs-${n}`,
      annotations: { [revisionKey]: String(n) },
      ownerReferences: [{ uid: 'd-1' }],
    },
    spec: {
      template: { ...template(n), metadata: { labels: { app: 'checkout', 'pod-template-hash': `h${n}` } } },
    },
  }))
  const foreign = { ...replicaSets[0], metadata: { name: 'other-9', uid: 'rs-9', annotations: { [revisionKey]: '2' } } }

  const path = '/apis/apps/v1/namespaces/shop/deployments/checkout'
  const wire = await startWire(
    (request) => request.method === 'PATCH' && request.query.get('dryRun') !== 'All',
    (request): WireAnswer => {
      if (request.headers.authorization !== 'Bearer t0ken')
        return { status: 401, body: { kind: 'Status', message: 'Unauthorized' } }
      if (request.path === '/apis/apps/v1/namespaces/shop/replicasets')
        return { status: 200, body: { items: [...replicaSets, foreign] } }
      if (request.path.endsWith('/horizontalpodautoscalers')) return { status: 200, body: { items: [] } }
      if (request.path !== path) return { status: 404, body: { kind: 'Status', message: 'not found' } }
      if (request.method === 'GET') return { status: 200, body: deployment }
      if (request.headers['content-type'] !== 'application/json-patch+json') return { status: 415, body: {} }
      const copy = structuredClone(deployment)
      for (const { op, path: at, value } of request.body as { op: string; path: string; value: never }[]) {
        const keys = at.split('/').slice(1)
        const last = keys.pop() ?? ''
        const parent = keys.reduce(
          (inner, key) => inner[key] as Record<string, unknown>,
          copy as Record<string, unknown>,
        )
        if (op === 'test' && parent[last] !== value)
          return { status: 422, body: { message: 'the server rejected our request: test failed' } }
        if (op !== 'test') parent[last] = value
      }
      if ('pod-template-hash' in copy.spec.template.metadata.labels)
        return { status: 422, body: { message: 'selector' } }
      if (request.query.get('dryRun') !== 'All') {
        copy.metadata.generation += 1
        copy.metadata.resourceVersion = String(Number(copy.metadata.resourceVersion) + 1)
        Object.assign(deployment, copy)
      }
      return { status: 200, body: copy }
    },
  )
  return {
    settings: {
      do: 'undo',
      server: wire.url,
      tokenVariable: 'TOKEN',
      namespace: 'shop',
      deployment: '{target.service}',
    },
    params: {},
    secrets: { TOKEN: 't0ken' },
    textParam: 'to',
    world: () => structuredClone({ spec: deployment.spec, metadata: deployment.metadata }) as unknown as Json,
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      deployment.metadata.annotations = { ...deployment.metadata.annotations, [revisionKey]: '4' }
      deployment.metadata.resourceVersion = '2000'
    },
    finish(how) {
      deployment.status.observedGeneration = deployment.metadata.generation
      deployment.status.conditions =
        how === 'well' ? [] : [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }]
    },
    close: wire.close,
  }
}
