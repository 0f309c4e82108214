/** Render with one service, the newest deploy live, one that failed, and two to go back to. */
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'

export async function startStandIn(): Promise<StandIn> {
  const deploy = (n: number, status: string, trigger = 'new_commit') => ({
    id: `dep-${n}`,
    status,
    trigger,
    createdAt: `2026-03-0${n}T10:00:00Z`,
    commit: { id: String(n).repeat(40), message: `change ${n}` },
  })
  const state = {
    service: { id: 'srv-c0ffee0', name: 'checkout', autoDeploy: 'no' },
    deploys: [deploy(4, 'live'), deploy(3, 'build_failed'), deploy(2, 'deactivated'), deploy(1, 'deactivated')],
  }
  const path = '/services/srv-c0ffee0'
  const wire = await startWire(
    (request) => request.method === 'POST' && request.path === `${path}/rollback`,
    (request): WireAnswer => {
      if (request.headers.authorization !== 'Bearer rnd_token')
        return { status: 401, body: { message: 'Unauthorized' } }
      if (request.path === path) return { status: 200, body: state.service }
      if (request.path === `${path}/deploys`)
        return { status: 200, body: state.deploys.map((one) => ({ deploy: one, cursor: one.id })) }
      if (request.path === `${path}/rollback`) {
        const { deployId } = request.body as { deployId: string }
        if (!state.deploys.some((one) => one.id === deployId)) return { status: 404, body: { message: 'not found' } }
        const begun = deploy(5, 'update_in_progress', 'rollback')
        state.deploys.unshift(begun)
        return { status: 201, body: begun }
      }
      const one = state.deploys.find((candidate) => request.path.startsWith(`${path}/deploys/${candidate.id}`))
      if (!one) return { status: 404, body: { message: 'not found' } }
      if (request.method === 'POST') one.status = 'canceled'
      return { status: 200, body: one }
    },
  )
  return {
    settings: { serviceId: 'srv-c0ffee0', tokenVariable: 'TOKEN', api: wire.url },
    params: {},
    secrets: { TOKEN: 'rnd_token' },
    textParam: 'to',
    world: () => structuredClone(state) as unknown as Json,
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      for (const one of state.deploys) if (one.status === 'live') one.status = 'deactivated'
      state.deploys.unshift(deploy(6, 'live'))
    },
    finish(how) {
      for (const one of state.deploys) {
        if (one.status === 'live' && how === 'well') one.status = 'deactivated'
        if (one.status === 'update_in_progress') one.status = how === 'well' ? 'live' : 'update_failed'
      }
    },
    close: wire.close,
  }
}
