/** A deployment webhook: begins a rollback, reports on it, knows its keys, refuses a wrong signature. */
import { createHmac } from 'node:crypto'
import { type StandIn, startWire } from '../stand-in.ts'

export async function startStandIn(): Promise<StandIn> {
  const state = { version: 'v142', runs: new Map<string, string>() }
  const secret = 'a-shared-secret'
  const wire = await startWire(
    (request) => request.method === 'POST' && request.path === '/rollbacks',
    (request) => {
      const { headers, text } = request
      const key = String(headers['idempotency-key'])
      const expected = createHmac('sha256', secret)
        .update(`${headers['x-tocsin-timestamp']}.${key}.${text}`)
        .digest('hex')
      if (headers['x-tocsin-signature'] !== `v1=${expected}`) return { status: 401, body: { error: 'bad signature' } }
      const statusUrl = (of: string) => `${wire.url}/rollbacks/${encodeURIComponent(of)}`
      if (request.path === '/rollbacks/forecast')
        return {
          status: 200,
          body: {
            before: state.version,
            after: (request.body as { to: string }).to,
            blast_radius: 'all clients',
            observed: { version: state.version },
            undo: { to: state.version },
          },
        }
      if (request.path === '/rollbacks') {
        if (!state.runs.has(key)) state.runs.set(key, 'running')
        return { status: 202, body: { status_url: statusUrl(key) } }
      }
      const lookedUp = /^\/rollbacks\/by-key\/(.+)$/.exec(request.path)?.[1]
      if (lookedUp !== undefined) {
        const known = state.runs.has(decodeURIComponent(lookedUp))
        return known ? { status: 200, body: { status_url: statusUrl(lookedUp) } } : { status: 404, body: {} }
      }
      const run = decodeURIComponent(request.path.split('/').at(-1) ?? '')
      if (request.method === 'DELETE') state.runs.set(run, 'stopped')
      const status = state.runs.get(run)
      return status ? { status: 200, body: { status, log: 'switching\n' } } : { status: 404, body: {} }
    },
  )
  return {
    settings: {
      url: `${wire.url}/rollbacks`,
      secretVariable: 'SECRET',
      body: { service: '{target.service}', to: '{to}' },
      forecastUrl: `${wire.url}/rollbacks/forecast`,
      lookUpUrl: `${wire.url}/rollbacks/by-key/{key}`,
    },
    params: { to: 'v141' },
    secrets: { SECRET: secret },
    textParam: 'to',
    world: () => ({ version: state.version, runs: [...state.runs.keys()] }),
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      state.version = 'v143'
    },
    finish(how) {
      for (const [key, status] of state.runs)
        if (status === 'running') state.runs.set(key, how === 'well' ? 'succeeded' : 'failed')
    },
    close: wire.close,
  }
}
