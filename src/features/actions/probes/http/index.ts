/** Does an address answer as it should? Status, and, when asked for, a piece of the body and the time it took. */
import { z } from 'zod'
import { BadValue, fillAddress, valuesOf } from '../../executors/slots.ts'
import type { Probe } from '../probe.ts'

const configSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  status: z.number().int().min(100).max(599).default(200),
  /** Must stand in the body. `{after}` is the plan's own word for what should run now. */
  contains: z.string().min(1).max(500).optional(),
  withinMs: z.number().int().min(1).max(60_000).default(5_000),
})
type Config = z.infer<typeof configSchema>

const bodyMax = 256 * 1024

export const httpProbe: Probe<Config> = {
  name: 'http',
  configSchema,
  describe: ({ url, status, contains }) =>
    `GET ${url} answers ${status}${contains ? ` with ${contains.replaceAll('{after}', 'the planned name')}` : ''}`,
  async ask(config, given, io) {
    const began = performance.now()
    try {
      const response = await io.fetch(fillAddress(config.url, valuesOf(given)), {
        redirect: 'manual',
        signal: AbortSignal.any([io.signal, AbortSignal.timeout(config.withinMs)]),
      })
      const body = await startOf(response)
      const saw = `${response.status} in ${Math.round(performance.now() - began)} ms`
      if (response.status !== config.status) return { isOk: false, saw: `${saw}, wanted ${config.status}` }
      const wanted = config.contains?.replaceAll('{after}', given.plan?.after ?? '')
      if (wanted !== undefined && !body.includes(wanted)) return { isOk: false, saw: `${saw}, without "${wanted}"` }
      return { isOk: true, saw }
    } catch (error) {
      if (error instanceof BadValue) return { isOk: false, saw: error.message }
      return { isOk: false, saw: reason(error, config.withinMs) }
    }
  },
  example: { url: 'https://checkout.example.com/healthz', status: 200, contains: '"ok":true' },
}

async function startOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > bodyMax) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reason(error: unknown, withinMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${withinMs} ms`
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause) return `no answer: ${String(cause.code)}`
  return 'no answer'
}
