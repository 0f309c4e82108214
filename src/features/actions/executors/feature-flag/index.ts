/**
 * A feature flag behind any HTTP API: one address that tells its value, one that sets it. Setting a value twice is
 * setting it once, so what became of a lost answer can simply be looked up.
 */
import { z } from 'zod'
import type { Asked, Executor, Io, Json } from '../executor.ts'
import { BadValue, fillAddress, fillJson, paramsIn, valuesOf } from '../slots.ts'
import {
  dispatchedBy,
  hear,
  NoAnswer,
  observeFrom,
  parseJson,
  planFrom,
  pollFrom,
  reconcileFrom,
  refusalOf,
} from '../wire.ts'

const address = z
  .string()
  .regex(/^https?:\/\/[^\s{}/]+(\/\S*)?$/, 'write an http(s) address whose host holds no parameter')
const configSchema = z.strictObject({
  read: z.strictObject({
    url: address,
    /** Where the value stands in the answer: /environments/production/on */
    at: z.string().regex(/^(\/[^/]+)+$/, 'write a JSON pointer, as /environments/production/on'),
  }),
  write: z.strictObject({
    url: address,
    method: z.enum(['PUT', 'PATCH', 'POST']).default('PATCH'),
    contentType: z.string().default('application/json'),
    body: z.json(),
  }),
  /** Header and the environment variable whose value it carries: { authorization: FLAGS_TOKEN } */
  secretHeaders: z.record(z.string(), z.string()).default({}),
  /** The parameter with the value to set. */
  value: z.string().default('to'),
  blastRadius: z.string().max(200).default(''),
})
type Config = z.infer<typeof configSchema>
type Seen = { value: string; etag: string | null }

const Payload = z.object({ url: z.string(), body: z.json(), value: z.string() })
const who = 'The flag service'

export const featureFlag: Executor<Config> = {
  name: 'feature-flag',
  summary: 'a feature flag behind any HTTP API',
  tierMax: 2,
  canStop: false,
  configSchema,
  paramsOf: ({ read, write, value }) => [
    ...new Set([...paramsIn([read.url, read.at, write.url, JSON.stringify(write.body)]), value]),
  ],
  plan: (asked, io) =>
    planFrom(async () => {
      const { config, params } = asked
      const wanted = params[config.value]
      if (wanted === undefined) return { refused: `"${config.value}" is missing. Give the value to set.` }
      const seen = await look(asked, io)
      if (seen.value === String(wanted)) return { refused: `The flag is ${seen.value} already.` }
      return {
        payload: {
          url: fillAddress(config.write.url, valuesOf(asked)),
          body: fillJson(config.write.body, asked, valuesOf(asked)) as Json,
          value: String(wanted),
        },
        before: seen.value,
        after: String(wanted),
        blastRadius: config.blastRadius || `all clients of ${asked.target.service} in ${asked.target.environment}`,
        lost: null,
        takesSeconds: 1,
        steps: [`set the flag from ${seen.value} to ${wanted}`],
        observed: { value: seen.value },
        inverse: { params: { ...params, [config.value]: backTo(wanted, seen.value) } },
      }
    }),
  observe: (order, io) => observeFrom(async () => ({ value: (await look(order, io)).value })),
  async dispatch(order, key, io) {
    const { method, contentType } = order.config.write
    const { url, body, value } = Payload.parse(order.plan.payload)
    try {
      const { etag } = await look(order, io)
      const heard = await hear(io, {
        method,
        url,
        headers: {
          ...secretHeaders(order.config, io),
          'content-type': contentType,
          'idempotency-key': key,
          ...(etag === null ? {} : { 'if-match': etag }),
        },
        body,
      })
      return dispatchedBy(who, heard, () => ({ outcome: 'accepted', handle: { value } }))
    } catch (error) {
      // Only reading failed: nothing was sent.
      if (error instanceof NoAnswer) return { outcome: 'rejected', why: error.message }
      throw error
    }
  },
  poll: (order, _handle, io) =>
    pollFrom(async () => {
      const { value } = Payload.parse(order.plan.payload)
      const seen = await look(order, io)
      const before = z.object({ value: z.string() }).parse(order.plan.observed).value
      const detail = `the flag is ${seen.value}`
      if (seen.value === value) return { phase: 'succeeded', detail, tail: '' }
      // Some services take a moment, or ask somebody there to approve the change.
      return { phase: seen.value === before ? 'running' : 'unknown', detail, tail: '' }
    }),
  stop: async () => {},
  reconcile: (order, _key, io) =>
    reconcileFrom(async () => {
      const { value } = Payload.parse(order.plan.payload)
      const seen = await look(order, io)
      return seen.value === value ? { found: 'handle', handle: { value } } : { found: 'nothing' }
    }),
  example: {
    read: { url: 'https://flags.example.com/api/flags/{flag}', at: '/environments/production/on' },
    write: {
      url: 'https://flags.example.com/api/flags/{flag}',
      method: 'PATCH',
      body: { environments: { production: { on: '{to}' } } },
    },
    secretHeaders: { authorization: 'FLAGS_TOKEN' },
    value: 'to',
  },
}

async function look(asked: Asked<Config>, io: Io): Promise<Seen> {
  const { url, at } = asked.config.read
  const values = valuesOf(asked)
  const heard = await hear(io, {
    method: 'GET',
    url: fillAddress(url, values),
    headers: secretHeaders(asked.config, io),
  })
  if (heard.kind !== 'answer') throw new NoAnswer(`${who} cannot be reached: ${heard.why}.`)
  if (heard.status !== 200) throw new NoAnswer(refusalOf(who, heard), heard.status)
  const steps = at.split('/').slice(1)
  const found = steps.reduce<unknown>((inner, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
      ? (inner as Record<string, unknown>)[key]
      : undefined
  }, parseJson(heard.text))
  if (!['string', 'number', 'boolean'].includes(typeof found))
    throw new NoAnswer(`${who} gives no value at ${at}. Correct \`read.at\`.`)
  return { value: String(found), etag: heard.headers.get('etag') }
}

function secretHeaders(config: Config, io: Io): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config.secretHeaders).map(([name, variable]) => [name, io.secrets(variable)]),
  )
}

/** A value read from outside, as the type that the parameter has. */
function backTo(like: string | number | boolean, seen: string): string | number | boolean {
  if (typeof like === 'boolean') return seen === 'true'
  if (typeof like !== 'number') return seen
  const number = Number(seen)
  if (Number.isNaN(number)) throw new BadValue(`The flag is "${seen}" now, which is no number`)
  return number
}
