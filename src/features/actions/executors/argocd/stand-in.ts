/** Argo CD with one application and three entries of history. */
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'

export async function startStandIn(): Promise<StandIn> {
  const application = {
    metadata: { name: 'checkout-production', uid: 'app-1' },
    spec: { syncPolicy: {} as { automated?: object } },
    status: {
      sync: { status: 'Synced', revision: 'c'.repeat(40) },
      health: { status: 'Healthy' },
      history: ['a', 'b', 'c'].map((letter, id) => ({
        id,
        revision: letter.repeat(40),
        deployedAt: `2026-03-0${id + 1}T10:00:00Z`,
      })),
      operationState: null as { phase: string; message: string; syncResult: { revision: string } } | null,
    },
  }
  const path = '/api/v1/applications/checkout-production'
  const wire = await startWire(
    (request) => request.method === 'POST' && request.path === `${path}/rollback`,
    (request): WireAnswer => {
      if (request.headers.authorization !== 'Bearer argo-token') return { status: 401, body: { message: 'no session' } }
      if (request.path === path) return { status: 200, body: application }
      if (request.path === `${path}/operation`) {
        application.status.operationState = null
        return { status: 200, body: {} }
      }
      if (request.path !== `${path}/rollback`) return { status: 404, body: { message: 'not found' } }
      const entry = application.status.history.find((one) => one.id === (request.body as { id: number }).id)
      if (!entry) return { status: 400, body: { message: 'application does not have deployment with id' } }
      application.status.operationState = {
        phase: 'Running',
        message: 'syncing',
        syncResult: { revision: entry.revision },
      }
      return { status: 200, body: application }
    },
  )
  return {
    settings: { server: wire.url, tokenVariable: 'TOKEN', application: '{target.service}-{target.environment}' },
    params: {},
    secrets: { TOKEN: 'argo-token' },
    textParam: 'to',
    world: () => structuredClone(application) as unknown as Json,
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      application.status.sync.revision = 'd'.repeat(40)
    },
    finish(how) {
      const { operationState } = application.status
      if (!operationState) return
      operationState.phase = how === 'well' ? 'Succeeded' : 'Failed'
      if (how === 'well') application.status.sync.revision = operationState.syncResult.revision
    },
    close: wire.close,
  }
}
