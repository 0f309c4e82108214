/**
 * A Deployment: back to an earlier revision, another number of replicas, or a restart. Always an explicit revision,
 * tried by the server first (dry run), and sent with a test that nobody changed the object meanwhile.
 *
 * `kubectl rollout undo` sends no such test, and twice "undo" is a redo: that is why it is not called here.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json, NoPlan, Order, Plan } from '../executor.ts'
import { paramsIn } from '../slots.ts'
import {
  bearer,
  dispatchedBy,
  hear,
  NoAnswer,
  observeFrom,
  planFrom,
  pollFrom,
  read,
  reconcileFrom,
  refusalOf,
} from '../wire.ts'
import {
  changeOf,
  type Deployment,
  deploymentOf,
  factsOf,
  marker,
  ownerOf,
  type Patch,
  scalerOf,
  standing,
} from './cluster.ts'
import { type Payload, payloadSchema, revisionsOf } from './revisions.ts'
import { type Config, configSchema, deploymentUrl, who } from './settings.ts'

export const kubernetes: Executor<Config> = {
  name: 'kubernetes',
  summary: 'a Deployment: back to an explicit revision, scale, restart',
  tierMax: 3,
  canStop: false,
  configSchema,
  paramsOf: (config) => [
    ...paramsIn([config.namespace, config.deployment]),
    ...(config.do === 'undo' ? [config.revision] : config.do === 'scale' ? [config.replicas] : []),
  ],
  plan: (asked, io) =>
    planFrom(async () => {
      const deployment = await deploymentOf(asked, io)
      const owner = ownerOf(deployment)
      if (owner !== null)
        return { refused: `${owner} owns this Deployment and would put back what we change. Use its own rollback.` }
      if (deployment.spec.paused === true) return { refused: 'The Deployment is paused. Resume it first.' }
      const made = await make(asked, deployment, io)
      if ('refused' in made) return made
      const patch = await patchOf(asked, made.payload as unknown as Payload, deployment, 'dry-run', io)
      const tried = await send(asked, patch, io, true)
      if (tried.kind !== 'answer') throw new NoAnswer(`${who} cannot be reached: ${tried.why}.`)
      if (tried.status !== 200) return { refused: `Tried on the server: ${refusalOf(who, tried)}` }
      return made
    }),
  observe: (order, io) =>
    observeFrom(async () => {
      const payload = payloadSchema.parse(order.plan.payload)
      return factsOf(order.config, await deploymentOf(order, io), payload)
    }),
  async dispatch(order, key, io) {
    const payload = payloadSchema.parse(order.plan.payload)
    try {
      const deployment = await deploymentOf(order, io)
      const facts = factsOf(order.config, deployment, payload)
      if (JSON.stringify(facts) !== JSON.stringify(order.plan.observed))
        return { outcome: 'rejected', why: 'The Deployment changed since it was planned.' }
      const patch = await patchOf(order, payload, deployment, key, io)
      return dispatchedBy(who, await send(order, patch, io, false), (answer) => {
        const changed = read(who, answer, z.object({ metadata: z.object({ generation: z.number() }) }))
        return { outcome: 'accepted', handle: { key, generation: changed.metadata.generation } }
      })
    } catch (error) {
      // Only reading failed: nothing was sent.
      if (error instanceof NoAnswer) return { outcome: 'rejected', why: error.message }
      throw error
    }
  },
  poll: (order, handle, io) => pollFrom(async () => standing(await deploymentOf(order, io), handle)),
  // A rollout that is under way is not stopped half-way: both versions would stay.
  stop: async () => {},
  reconcile: (order, key, io) =>
    reconcileFrom(async () => {
      const { metadata } = await deploymentOf(order, io)
      if (metadata.annotations[marker] !== key) return { found: 'nothing' }
      return { found: 'handle', handle: { key, generation: metadata.generation } }
    }),
  async choices(param, asked, io) {
    if (asked.config.do !== 'undo' || param !== asked.config.revision) return []
    const given = { ...asked, params: {} }
    const { earlier } = await revisionsOf(given, await deploymentOf(given, io), io)
    return earlier.map(({ revision, images }) => ({
      value: String(revision),
      label: `${revision}: ${images.join(', ')}`,
    }))
  },
  example: {
    do: 'undo',
    server: 'https://kubernetes.example.com:6443',
    tokenVariable: 'KUBERNETES_TOKEN',
    namespace: 'shop',
    deployment: '{target.service}',
    revision: 'to',
  },
}

async function make(asked: Asked<Config>, deployment: Deployment, io: Io): Promise<Plan | NoPlan> {
  const { config } = asked
  const replicas = deployment.spec.replicas ?? 1
  const common = {
    blastRadius: `${deployment.metadata.name} in ${asked.target.environment}, ${replicas} replicas, one after another`,
    lost: null,
    takesSeconds: null,
  }
  const frozen = (payload: Payload) => ({ payload: payload as Json, observed: factsOf(config, deployment, payload) })

  if (config.do === 'restart')
    return {
      ...common,
      ...frozen({ do: 'restart', at: io.now().toISOString() }),
      before: `${replicas} replicas as they run now`,
      after: 'the same, started afresh',
      steps: ['replace each replica by a fresh one'],
      inverse: null,
    }
  if (config.do === 'scale') {
    const wanted = Number(asked.params[config.replicas])
    if (!Number.isInteger(wanted) || wanted < config.min || wanted > config.max)
      return { refused: `Use ${config.min} to ${config.max} replicas.` }
    if (wanted === replicas) return { refused: `There are ${replicas} replicas already.` }
    const scaler = await scalerOf(asked, io)
    if (scaler !== null) return { refused: `The autoscaler ${scaler} decides the replicas. Change its bounds instead.` }
    return {
      ...common,
      ...frozen({ do: 'scale', replicas: wanted }),
      before: `${replicas} replicas`,
      after: `${wanted} replicas`,
      steps: [`set the replicas to ${wanted}`],
      inverse: { params: { [config.replicas]: replicas } },
    }
  }
  const { current, earlier } = await revisionsOf(asked, deployment, io)
  const asks = asked.params[config.revision]
  const wanted = asks === undefined ? earlier[0] : earlier.find((one) => one.revision === Number(asks))
  if (!current) return { refused: 'No ReplicaSet of the current revision was found.' }
  if (!wanted) {
    const known = earlier.map((one) => one.revision).join(', ')
    return { refused: known ? `There is no earlier revision ${asks}. Use ${known}.` : 'There is no earlier revision.' }
  }
  return {
    ...common,
    ...frozen({ do: 'undo', replicaSet: wanted.name, uid: wanted.uid, revision: wanted.revision }),
    before: `revision ${current.revision}: ${current.images.join(', ')}`,
    after: `revision ${wanted.revision}: ${wanted.images.join(', ')}`,
    steps: [`replace the pods of revision ${current.revision} by those of revision ${wanted.revision}`],
    inverse: { params: { [config.revision]: current.revision } },
    remarks: ['ConfigMaps and Secrets are not part of a revision, and stay as they are.'],
  }
}

async function patchOf(
  asked: Asked<Config>,
  payload: Payload,
  deployment: Deployment,
  key: string,
  io: Io,
): Promise<Patch> {
  if (payload.do !== 'undo') return changeOf(payload, deployment, key, null)
  const { all } = await revisionsOf(asked, deployment, io)
  const source = all.find((one) => one.name === payload.replicaSet && one.uid === payload.uid)
  if (!source) throw new NoAnswer('The revision is gone: its ReplicaSet was removed.')
  return changeOf(payload, deployment, key, source.template)
}

function send(asked: Asked<Config> | Order<Config>, body: Patch, io: Io, isDryRun: boolean) {
  return hear(io, {
    method: 'PATCH',
    url: `${deploymentUrl(asked)}?fieldManager=tocsin${isDryRun ? '&dryRun=All' : ''}`,
    headers: { ...bearer(io, asked.config.tokenVariable), 'content-type': 'application/json-patch+json' },
    body,
  })
}
