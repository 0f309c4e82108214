/** A Docker Engine with one swarm service, on a socket or a port. */
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'
import { versionIn } from './stand-in-version.ts'

export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`

export async function startStandIn({ socketPath }: { socketPath?: string } = {}): Promise<StandIn> {
  const spec = (letter: string) => ({
    Name: 'shop_checkout',
    Labels: {} as Record<string, string>,
    TaskTemplate: { ContainerSpec: { Image: `registry.example.com/checkout:latest@${digestOf(letter)}` } },
    Mode: { Replicated: { Replicas: 3 } },
  })
  const service = {
    ID: 'svc1',
    Version: { Index: 41 },
    Spec: spec('b'),
    PreviousSpec: spec('a'),
    UpdateStatus: null as { State: string; Message: string } | null,
  }
  const wire = await startWire(
    (request) => request.method === 'POST',
    ({ method, path: address, query, body }): WireAnswer => {
      const found = versionIn(address)
      if ('answer' in found) return found.answer
      const { path } = found
      if (method === 'GET' && ['/services/shop_checkout', '/services/svc1'].includes(path))
        return { status: 200, body: service }
      if (path !== '/services/svc1/update') return { status: 404, body: { message: 'service not found' } }
      // The real Engine answers a stale version with 500, and "update out of sequence".
      if (query.get('version') !== String(service.Version.Index))
        return { status: 500, body: { message: 'rpc error: code = Unknown desc = update out of sequence' } }
      service.PreviousSpec = service.Spec
      service.Spec = body as typeof service.Spec
      service.Version.Index += 1
      service.UpdateStatus = { State: 'updating', Message: 'update in progress' }
      return { status: 200, body: { Warnings: null } }
    },
    socketPath,
  )
  return {
    settings: { engine: wire.url, service: 'shop_{target.service}' },
    params: {},
    secrets: {},
    textParam: 'to',
    world: () => structuredClone(service) as unknown as Json,
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      service.Spec = spec('c')
      service.Version.Index += 1
    },
    finish(how) {
      service.UpdateStatus =
        how === 'well'
          ? { State: 'completed', Message: 'update completed' }
          : { State: 'rollback_completed', Message: 'rollback completed' }
    },
    close: wire.close,
  }
}
