/**
 * A workflow of GitHub Actions, dispatched once and followed. The answer names the run; where it does not (older
 * servers), the run is found by our key in its title: give the workflow `run-name: … ${{ inputs.action_key }}`.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json } from '../executor.ts'
import { fillAddress, fillArguments, paramsIn, valuesOf } from '../slots.ts'
import { ask, bearer, dispatchedBy, hear, observeFrom, parseJson, planFrom, pollFrom, reconcileFrom } from '../wire.ts'

const configSchema = z.strictObject({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'write owner/repository'),
  /** The file's name below .github/workflows. */
  workflow: z.string().regex(/^[\w.-]+\.ya?ml$/, "write the workflow file's name"),
  /** A protected branch or a tag. */
  ref: z.string().min(1).max(200),
  tokenVariable: z.string(),
  inputs: z.record(z.string(), z.string()).default({}),
  /** The input that carries our key. */
  keyInput: z.string().default('action_key'),
  api: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
  blastRadius: z.string().max(200).default(''),
})
type Config = z.infer<typeof configSchema>

const Run = z.object({
  id: z.number(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string().default(''),
  display_title: z.string().default(''),
  name: z.string().nullish(),
  run_started_at: z.string().optional(),
  updated_at: z.string().optional(),
})
type Run = z.infer<typeof Run>
const Runs = z.object({ workflow_runs: z.array(Run) })
const Handle = z.object({ key: z.string(), run: z.number().nullable(), since: z.string() })
const Payload = z.object({ inputs: z.record(z.string(), z.string()) })

const who = 'GitHub'
// GitHub's clock and ours differ a little; a run that began "before" we asked is still ours.
const clockSlackMilliseconds = 60_000

export const githubWorkflow: Executor<Config> = {
  name: 'github-workflow',
  summary: 'a workflow of GitHub Actions, dispatched once and followed',
  tierMax: 2,
  canStop: true,
  configSchema,
  paramsOf: ({ inputs }) => paramsIn(Object.values(inputs)),

  plan: (asked, io) =>
    planFrom(async () => {
      const { workflow, sha, seconds } = await facts(asked, io)
      if (workflow.state !== 'active')
        return { refused: `The workflow ${asked.config.workflow} is ${workflow.state}. Enable it first.` }
      const inputs = inputsOf(asked)
      return {
        payload: { inputs },
        before: `not known: the workflow decides (${asked.config.ref} is ${sha.slice(0, 12)})`,
        after:
          inputs && Object.keys(inputs).length > 0
            ? Object.entries(inputs)
                .map(([k, v]) => `${k}=${v}`)
                .join(', ')
            : 'what the workflow makes of it',
        blastRadius: asked.config.blastRadius || `${asked.target.service} in ${asked.target.environment}`,
        lost: null,
        takesSeconds: seconds,
        steps: [`run ${asked.config.repository} ${asked.config.workflow} at ${asked.config.ref} (${sha.slice(0, 12)})`],
        observed: { workflow: workflow.id, sha },
        inverse: null,
      }
    }),
  observe: (order, io) =>
    observeFrom(async () => {
      const { workflow, sha } = await facts(order, io)
      return { workflow: workflow.id, sha }
    }),
  async dispatch(order, key, io) {
    const { config } = order
    const { inputs } = Payload.parse(order.plan.payload)
    const since = new Date(io.now().getTime() - clockSlackMilliseconds).toISOString()
    const heard = await hear(io, {
      method: 'POST',
      url: `${workflowUrl(config)}/dispatches`,
      headers: headersOf(config, io),
      body: { ref: config.ref, inputs: { ...inputs, [config.keyInput]: key }, return_run_details: true },
    })
    return dispatchedBy(who, heard, ({ text }) => {
      const told = z.object({ workflow_run_id: z.number() }).safeParse(parseJson(text))
      return { outcome: 'accepted', handle: { key, run: told.success ? told.data.workflow_run_id : null, since } }
    })
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const run = await runOf(order, handle, io)
      if (!run) return { phase: 'running', detail: 'waiting for the run to appear', tail: '' }
      const detail = `run ${run.id} ${run.conclusion ?? run.status ?? ''} ${run.html_url}`.trim()
      if (run.status !== 'completed') return { phase: 'running', detail, tail: '' }
      return { phase: phases[run.conclusion ?? ''] ?? 'failed', detail, tail: '' }
    }),
  async stop(order, handle, io) {
    const run = await runOf(order, handle, io).catch(() => null)
    if (!run) return
    const url = `${repositoryUrl(order.config)}/actions/runs/${run.id}/cancel`
    await hear(io, { method: 'POST', url, headers: headersOf(order.config, io) })
  },
  reconcile: (order, key, io) =>
    reconcileFrom(async () => {
      // A day back: nobody looks for an older one, and the list stays short.
      const since = new Date(io.now().getTime() - 86_400_000).toISOString()
      const run = await findByKey(order.config, key, since, io)
      if (run) return { found: 'handle', handle: { key, run: run.id, since } }
      return { found: 'unknown', why: `no run carries the key ${key}; it may still be about to appear` }
    }),
  example: {
    repository: 'example/shop',
    workflow: 'rollback.yml',
    ref: 'main',
    tokenVariable: 'GITHUB_TOKEN_SHOP',
    inputs: { service: '{target.service}', to: '{to}' },
  },
}

const phases: Readonly<Record<string, 'succeeded' | 'stopped' | 'unknown'>> = {
  success: 'succeeded',
  cancelled: 'stopped',
  timed_out: 'unknown',
  stale: 'unknown',
}

async function facts({ config }: Asked<Config>, io: Io) {
  const headers = headersOf(config, io)
  const get = <T>(url: string, shape: z.ZodType<T>) => ask(io, who, { method: 'GET', url, headers }, shape)
  const [workflow, commit, recent] = await Promise.all([
    get(workflowUrl(config), z.object({ id: z.number(), state: z.string() })),
    get(`${repositoryUrl(config)}/commits/${encodeURIComponent(config.ref)}`, z.object({ sha: z.string() })),
    get(`${workflowUrl(config)}/runs?status=success&per_page=1`, Runs),
  ])
  const last = recent.workflow_runs[0]
  const seconds =
    last?.run_started_at && last.updated_at
      ? Math.round((Date.parse(last.updated_at) - Date.parse(last.run_started_at)) / 1_000)
      : null
  return { workflow, sha: commit.sha, seconds }
}

async function runOf(order: Asked<Config>, handle: Json, io: Io): Promise<Run | null> {
  const { key, run, since } = Handle.parse(handle)
  if (run === null) return findByKey(order.config, key, since, io)
  const url = `${repositoryUrl(order.config)}/actions/runs/${run}`
  return ask(io, who, { method: 'GET', url, headers: headersOf(order.config, io) }, Run)
}

async function findByKey(config: Config, key: string, since: string, io: Io): Promise<Run | null> {
  const query = `event=workflow_dispatch&per_page=100&created=${encodeURIComponent(`>=${since}`)}`
  const request = {
    method: 'GET' as const,
    url: `${workflowUrl(config)}/runs?${query}`,
    headers: headersOf(config, io),
  }
  const { workflow_runs: runs } = await ask(io, who, request, Runs)
  return (
    runs.find((run) => run.display_title.split(/\s+/).includes(key) || run.name?.split(/\s+/).includes(key)) ?? null
  )
}

function inputsOf(asked: Asked<Config>): Record<string, string> {
  const values = valuesOf(asked)
  const given = Object.entries(asked.config.inputs).flatMap(([name, text]) => {
    const [filled] = fillArguments([text], values)
    return filled === undefined ? [] : [[name, filled]]
  })
  return Object.fromEntries(given)
}

function repositoryUrl({ api, repository }: Config): string {
  return `${api.replace(/\/$/, '')}/repos/${repository}`
}

function workflowUrl(config: Config): string {
  return `${repositoryUrl(config)}/actions/workflows/${fillAddress(config.workflow, {})}`
}

function headersOf(config: Config, io: Io): Record<string, string> {
  return {
    ...bearer(io, config.tokenVariable),
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'tocsin',
  }
}
