/** GitHub with one workflow whose runs carry the key in their titles. */
import type { Json } from '../executor.ts'
import { type StandIn, startWire, type WireAnswer } from '../stand-in.ts'

export async function startStandIn(options: { withoutRunDetails?: boolean } = {}): Promise<StandIn> {
  const state = {
    sha: 'a1b2c3d4e5f60718',
    runs: [] as { id: number; status: string; conclusion: string | null; display_title: string; inputs: Json }[],
  }
  const repository = '/repos/example/shop'
  const workflow = `${repository}/actions/workflows/rollback.yml`
  const wire = await startWire(
    (request) => request.method === 'POST' && request.path === `${workflow}/dispatches`,
    ({ method, path, query, headers, body }): WireAnswer => {
      if (headers.authorization !== 'Bearer ghp_0123456789')
        return { status: 401, body: { message: 'Bad credentials' } }
      if (path === workflow)
        return { status: 200, body: { id: 7, state: 'active', path: '.github/workflows/rollback.yml' } }
      if (path === `${repository}/commits/main`) return { status: 200, body: { sha: state.sha } }
      if (path === `${workflow}/runs`) {
        const wanted =
          query.get('status') === 'success' ? state.runs.filter((run) => run.conclusion === 'success') : state.runs
        return { status: 200, body: { total_count: wanted.length, workflow_runs: wanted } }
      }
      if (path === `${workflow}/dispatches`) {
        const { inputs, ref } = body as { inputs: Record<string, string>; ref: string }
        if (ref !== 'main') return { status: 422, body: { message: `No ref found for: ${ref}` } }
        const id = 9_000 + state.runs.length
        state.runs.push({
          id,
          status: 'queued',
          conclusion: null,
          display_title: `rollback ${inputs.action_key}`,
          inputs,
        })
        if (options.withoutRunDetails) return { status: 204 }
        return { status: 200, body: { workflow_run_id: id, run_url: '', html_url: '' } }
      }
      const run = state.runs.find((one) => path.startsWith(`${repository}/actions/runs/${one.id}`))
      if (!run) return { status: 404, body: { message: 'Not Found' } }
      if (method === 'POST' && path.endsWith('/cancel')) {
        Object.assign(run, { status: 'completed', conclusion: 'cancelled' })
        return { status: 202, body: {} }
      }
      return { status: 200, body: run }
    },
  )
  return {
    settings: {
      repository: 'example/shop',
      workflow: 'rollback.yml',
      ref: 'main',
      tokenVariable: 'TOKEN',
      inputs: { service: '{target.service}', to: '{to}' },
      api: wire.url,
    },
    params: { to: 'v141' },
    secrets: { TOKEN: 'ghp_0123456789' },
    textParam: 'to',
    world: () => structuredClone(state),
    changes: wire.changes,
    faults: wire.faults,
    othersChangeIt() {
      state.sha = 'ffffffffffffffff'
    },
    finish(how) {
      for (const run of state.runs.filter((one) => one.status !== 'completed'))
        Object.assign(run, { status: 'completed', conclusion: how === 'well' ? 'success' : 'failure' })
    },
    close: wire.close,
  }
}
