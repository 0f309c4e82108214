/**
 * An application of Argo CD, back to an entry of its own history. While Argo CD syncs it by itself a rollback is
 * refused there and would be undone, so it is refused here with the reason.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json } from '../executor.ts'
import { fillAddress, paramsIn, valuesOf } from '../slots.ts'
import { ask, bearer, dispatchedBy, hear, observeFrom, planFrom, pollFrom, reconcileFrom } from '../wire.ts'

const configSchema = z.strictObject({
  server: z.url({ protocol: /^https?$/ }),
  tokenVariable: z.string(),
  application: z.string().regex(/^[a-z0-9.{}-]+$/, 'use the name of an application'),
  project: z.string().optional(),
  /** The parameter with the id of the history's entry. */
  entry: z.string().default('to'),
})
type Config = z.infer<typeof configSchema>

const Application = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.object({ syncPolicy: z.object({ automated: z.unknown().optional() }).nullish() }),
  status: z.object({
    sync: z.object({ revision: z.string().default('') }).prefault({}),
    health: z.object({ status: z.string().default('') }).prefault({}),
    history: z
      .array(z.object({ id: z.number(), revision: z.string().default(''), deployedAt: z.string().default('') }))
      .default([]),
    operationState: z
      .object({
        phase: z.string(),
        message: z.string().default(''),
        startedAt: z.string().default(''),
        operation: z
          .object({ info: z.array(z.object({ name: z.string(), value: z.string() })).nullish() })
          .prefault({}),
        syncResult: z.object({ revision: z.string().default('') }).nullish(),
      })
      .nullish(),
  }),
})
type Application = z.infer<typeof Application>

const Payload = z.object({ id: z.number(), revision: z.string() })
const Handle = z.object({ revision: z.string(), startedBefore: z.string() })
const who = 'Argo CD'

export const argocd: Executor<Config> = {
  name: 'argocd',
  summary: "an application, back to an entry of Argo CD's history",
  tierMax: 2,
  canStop: true,
  configSchema,
  paramsOf: ({ application, entry }) => [...paramsIn([application]), entry],

  plan: (asked, io) =>
    planFrom(async () => {
      const application = await applicationOf(asked, io)
      const { history, sync, operationState } = application.status
      if (application.spec.syncPolicy?.automated)
        return {
          refused: 'Argo CD syncs this application by itself and would undo a rollback. Turn auto-sync off first.',
        }
      if (operationState?.phase === 'Running')
        return { refused: 'Argo CD is at work on this application. Wait for its end.' }
      const newest = history.at(-1)
      const wanted = asked.params[asked.config.entry]
      const target =
        wanted === undefined
          ? history.findLast((one) => one.id !== newest?.id && one.revision !== sync.revision)
          : history.find((one) => String(one.id) === String(wanted))
      if (!target || !newest) {
        const known = history.map((one) => `${one.id} (${short(one.revision)})`).join(', ')
        return { refused: known ? `The history has no such entry. Use ${known}.` : 'The history is empty.' }
      }
      if (target.revision === sync.revision) return { refused: `${short(target.revision)} is what runs already.` }
      return {
        payload: { id: target.id, revision: target.revision },
        before: `${short(sync.revision)} (entry ${newest.id})`,
        after: `${short(target.revision)} (entry ${target.id}, deployed ${target.deployedAt})`,
        blastRadius: `all of ${asked.target.service} in ${asked.target.environment}`,
        lost: null,
        takesSeconds: null,
        steps: [`apply entry ${target.id} of the history, without removing what it does not know`],
        observed: factsOf(application, target.id),
        inverse: { params: { [asked.config.entry]: newest.id } },
      }
    }),
  observe: (order, io) =>
    observeFrom(async () => factsOf(await applicationOf(order, io), Payload.parse(order.plan.payload).id)),
  async dispatch(order, _key, io) {
    const { id, revision } = Payload.parse(order.plan.payload)
    const startedBefore = io.now().toISOString()
    const heard = await hear(io, {
      method: 'POST',
      url: `${applicationUrl(order)}/rollback`,
      headers: bearer(io, order.config.tokenVariable),
      body: { id, prune: false, dryRun: false },
    })
    return dispatchedBy(who, heard, () => ({ outcome: 'accepted', handle: { revision, startedBefore } }))
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const { revision } = Handle.parse(handle)
      const { operationState, sync, health } = (await applicationOf(order, io)).status
      const tail = operationState?.message.slice(-1_000) ?? ''
      const detail = `${operationState?.phase ?? 'waiting'}, ${health.status}`
      if (!operationState || operationState.phase === 'Running') return { phase: 'running', detail, tail }
      if (operationState.syncResult?.revision !== revision)
        return {
          phase: 'unknown',
          detail: `Argo CD last worked on ${short(operationState.syncResult?.revision ?? '')}`,
          tail,
        }
      if (operationState.phase !== 'Succeeded') return { phase: 'failed', detail, tail }
      if (health.status === 'Progressing') return { phase: 'running', detail, tail }
      return { phase: sync.revision === revision ? 'succeeded' : 'unknown', detail, tail }
    }),
  async stop(order, _handle, io) {
    const headers = bearer(io, order.config.tokenVariable)
    await hear(io, { method: 'DELETE', url: `${applicationUrl(order)}/operation`, headers })
  },
  reconcile: (order, _key, io) =>
    reconcileFrom(async () => {
      const { revision } = Payload.parse(order.plan.payload)
      const { operationState, sync } = (await applicationOf(order, io)).status
      // Argo CD keeps no key of ours. What it works on, or runs now, is the evidence.
      if (operationState?.syncResult?.revision === revision || sync.revision === revision)
        return { found: 'handle', handle: { revision, startedBefore: io.now().toISOString() } }
      if (operationState?.phase === 'Running') return { found: 'unknown', why: 'Argo CD is at work on something else.' }
      return { found: 'unknown', why: `Argo CD still runs ${short(sync.revision)}; a rollback may yet begin.` }
    }),
  async choices(param, asked, io) {
    if (param !== asked.config.entry) return []
    const { history } = (await applicationOf({ ...asked, params: {} }, io)).status
    return history
      .toReversed()
      .slice(1)
      .map(({ id, revision, deployedAt }) => ({ value: String(id), label: `${short(revision)}, ${deployedAt}` }))
  },
  example: {
    server: 'https://argocd.example.com',
    tokenVariable: 'ARGOCD_TOKEN',
    application: '{target.service}-{target.environment}',
    entry: 'to',
  },
}

function factsOf({ metadata, status, spec }: Application, id: number): Json {
  return {
    uid: metadata.uid,
    runs: status.sync.revision,
    newest: status.history.at(-1)?.id ?? null,
    to: status.history.find((one) => one.id === id)?.revision ?? null,
    isAutomatic: Boolean(spec.syncPolicy?.automated),
  }
}

function applicationOf(asked: Asked<Config>, io: Io): Promise<Application> {
  const headers = bearer(io, asked.config.tokenVariable)
  return ask(io, who, { method: 'GET', url: applicationUrl(asked), headers }, Application)
}

function applicationUrl(asked: Asked<Config>): string {
  const { server, application } = asked.config
  return fillAddress(`${server.replace(/\/$/, '')}/api/v1/applications/${application}`, valuesOf(asked))
}

function short(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 12) : revision
}
