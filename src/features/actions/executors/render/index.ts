/**
 * A service on Render, back to an earlier deploy. Render goes on deploying new commits afterwards unless auto-deploy is
 * off: while it is on, a rollback is refused, except where the catalogue says that this is known and wanted.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json } from '../executor.ts'
import { ask, bearer, dispatchedBy, hear, observeFrom, planFrom, pollFrom, read, reconcileFrom } from '../wire.ts'

const configSchema = z.strictObject({
  serviceId: z.string().regex(/^srv-[a-z0-9]+$/, 'write the id of a service: srv-…'),
  tokenVariable: z.string(),
  /** The parameter with the id of the deploy. */
  deploy: z.string().default('to'),
  despiteAutoDeploy: z.boolean().default(false),
  api: z.url({ protocol: /^https?$/ }).default('https://api.render.com/v1'),
})
type Config = z.infer<typeof configSchema>

const Deploy = z.object({
  id: z.string(),
  status: z.string(),
  trigger: z.string().default(''),
  createdAt: z.string().default(''),
  commit: z.object({ id: z.string(), message: z.string().default('') }).nullish(),
  image: z.object({ ref: z.string().default(''), sha: z.string().default('') }).nullish(),
})
type Deploy = z.infer<typeof Deploy>
const Deploys = z.array(z.object({ deploy: Deploy }))
const Service = z.object({ id: z.string(), name: z.string(), autoDeploy: z.string().default('no') })
const Payload = z.object({ deployId: z.string() })
const Handle = z.object({ deployId: z.string() })
const who = 'Render'

export const render: Executor<Config> = {
  name: 'render',
  summary: 'a service on Render, back to an earlier deploy',
  tierMax: 2,
  canStop: true,
  configSchema,
  paramsOf: ({ deploy }) => [deploy],

  plan: (asked, io) =>
    planFrom(async () => {
      const { config, params } = asked
      const { service, deploys, live } = await facts(asked, io)
      if (service.autoDeploy === 'yes' && !config.despiteAutoDeploy)
        return { refused: `Render deploys ${service.name} by itself, and would undo this. Turn auto-deploy off first.` }
      if (!live) return { refused: `No deploy of ${service.name} is live, or one is under way. Wait for its end.` }
      // Only what once was live can be gone back to; what failed never served anybody.
      const earlier = deploys.filter((one) => one.status === 'deactivated' && one.id !== live.id)
      const wanted = params[config.deploy]
      const target = wanted === undefined ? earlier[0] : earlier.find((one) => one.id === wanted)
      if (!target) {
        const known = earlier.slice(0, 5).map((one) => one.id)
        return {
          refused:
            known.length > 0 ? `No such earlier deploy. Use ${known.join(', ')}.` : 'There is no earlier deploy.',
        }
      }
      return {
        payload: { deployId: target.id },
        before: described(live),
        after: described(target),
        blastRadius: `all of ${service.name} in ${asked.target.environment}`,
        lost: null,
        takesSeconds: null,
        steps: [`start the build of ${target.id} again in place of ${live.id}`],
        observed: { live: live.id, to: target.id, autoDeploy: service.autoDeploy },
        inverse: { params: { [config.deploy]: live.id } },
        remarks: service.autoDeploy === 'yes' ? ['Auto-deploy is on: the next commit replaces this.'] : [],
      }
    }),
  observe: (order, io) =>
    observeFrom(async (): Promise<Json> => {
      const { deployId } = Payload.parse(order.plan.payload)
      const { service, deploys, live } = await facts(order, io)
      const target = deploys.find((one) => one.id === deployId)
      return { live: live?.id ?? null, to: target?.id ?? null, autoDeploy: service.autoDeploy }
    }),
  async dispatch(order, _key, io) {
    const heard = await hear(io, {
      method: 'POST',
      url: `${serviceUrl(order.config)}/rollback`,
      headers: bearer(io, order.config.tokenVariable),
      body: Payload.parse(order.plan.payload),
    })
    return dispatchedBy(who, heard, (answer) => ({
      outcome: 'accepted',
      handle: { deployId: read(who, answer, Deploy).id },
    }))
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const url = `${serviceUrl(order.config)}/deploys/${Handle.parse(handle).deployId}`
      const headers = bearer(io, order.config.tokenVariable)
      const { id, status } = await ask(io, who, { method: 'GET', url, headers }, Deploy)
      return { phase: phases[status] ?? 'running', detail: `${id} ${status.replaceAll('_', ' ')}`, tail: '' }
    }),
  async stop(order, handle, io) {
    const url = `${serviceUrl(order.config)}/deploys/${Handle.parse(handle).deployId}/cancel`
    await hear(io, { method: 'POST', url, headers: bearer(io, order.config.tokenVariable) })
  },
  reconcile: (order, _key, io) =>
    reconcileFrom(async () => {
      const { deploys } = await facts(order, io)
      const before = z.object({ live: z.string() }).parse(order.plan.observed).live
      const since = deploys.slice(
        0,
        Math.max(
          0,
          deploys.findIndex((one) => one.id === before),
        ),
      )
      const [mine, ...others] = since.filter((one) => one.trigger === 'rollback')
      if (!mine) return { found: 'nothing' }
      if (others.length > 0) return { found: 'unknown', why: 'several rollbacks began since then; look which is ours' }
      return { found: 'handle', handle: { deployId: mine.id } }
    }),
  async choices(param, asked, io) {
    if (param !== asked.config.deploy) return []
    const { deploys } = await facts(asked, io)
    return deploys
      .filter((one) => one.status === 'deactivated')
      .map((one) => ({ value: one.id, label: described(one) }))
  },
  example: { serviceId: 'srv-c0ffee0', tokenVariable: 'RENDER_API_KEY', deploy: 'to' },
}

const phases: Readonly<Record<string, 'succeeded' | 'failed' | 'stopped' | 'unknown'>> = {
  live: 'succeeded',
  build_failed: 'failed',
  update_failed: 'failed',
  pre_deploy_failed: 'failed',
  canceled: 'stopped',
  // It was live for a moment, and something newer replaced it: probes and people must say what that means.
  deactivated: 'unknown',
}

async function facts({ config }: Pick<Asked<Config>, 'config'>, io: Io) {
  const headers = bearer(io, config.tokenVariable)
  const [service, listed] = await Promise.all([
    ask(io, who, { method: 'GET', url: serviceUrl(config), headers }, Service),
    ask(io, who, { method: 'GET', url: `${serviceUrl(config)}/deploys?limit=50`, headers }, Deploys),
  ])
  const deploys = listed.map((one) => one.deploy)
  return { service, deploys, live: deploys.find((one) => one.status === 'live') }
}

function serviceUrl({ api, serviceId }: Config): string {
  return `${api.replace(/\/$/, '')}/services/${serviceId}`
}

function described({ id, commit, image }: Deploy): string {
  const what = commit
    ? `${commit.id.slice(0, 12)} ${commit.message.split('\n')[0]?.slice(0, 60) ?? ''}`
    : (image?.ref ?? '')
  return `${id} ${what}`.trim()
}
