/** Those who send alerts, played: each proves who it is as the real one does. For the try page and the tests. */
import { hexDigest } from './lib/signatures.ts'
import type { Simulator } from './simulator/types.ts'

export interface SendersOptions {
  simulator: Simulator
  /** Where the bot is reached, without a slash at its end. */
  url(): string
  tokenOf(source: string): string
  secretOf(variable: string): string | null
}

export interface Senders {
  /** `path` is what stands behind /hooks/: `grafana`, `generic/uptime`, `heartbeat/backup`. */
  post(path: string, body: unknown): Promise<Sent>
}

export interface Sent {
  status: number
  body: string
}

export function createSenders({ simulator, url, tokenOf, secretOf }: SendersOptions): Senders {
  function proofOf(source: string, raw: string): Record<string, string> {
    switch (source) {
      case 'pagerduty':
        return { 'x-pagerduty-signature': `v1=${digest(raw, 'PAGERDUTY_WEBHOOK_SECRET')}` }
      case 'sentry':
        return { 'sentry-hook-signature': digest(raw, 'SENTRY_CLIENT_SECRET') }
      case 'cloudwatch':
        return {}
      default:
        return { authorization: `Bearer ${tokenOf(source)}` }
    }
  }
  const digest = (raw: string, variable: string) => hexDigest(Buffer.from(raw), secretOf(variable) ?? '')

  return {
    async post(path, body) {
      const [source = ''] = path.split('/')
      const raw = JSON.stringify(source === 'cloudwatch' ? signedBySns(simulator, body) : body)
      const response = await fetch(`${url()}/hooks/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...proofOf(source, raw) },
        body: raw,
      })
      return { status: response.status, body: await response.text() }
    },
  }
}

/** What is a message of SNS gets a signature that fits it. */
function signedBySns({ sns }: Simulator, body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { Type, TopicArn, Message, ...others } = body as Record<string, unknown>
  if (typeof Type !== 'string' || typeof TopicArn !== 'string' || typeof Message !== 'string') return body
  return {
    ...body,
    ...sns.message({
      Type,
      TopicArn,
      Message,
      ...textsOf(others, ['Subject', 'Timestamp', 'Token', 'SubscribeURL']),
    }),
  }
}

function textsOf<Name extends string>(
  given: Record<string, unknown>,
  names: readonly Name[],
): { [name in Name]?: string } {
  const texts = names.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]] as const] : []))
  return Object.fromEntries(texts) as { [name in Name]?: string }
}
