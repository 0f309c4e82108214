/** One line per thing that happened: a static sentence, the facts beside it. No secret and no message body gets in. */
import pino from 'pino'

export type Log = pino.Logger

export function createLog(options: { level: string; isPretty?: boolean; destination?: pino.DestinationStream }): Log {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redacted, censor: '[redacted]' },
    serializers: { err: describeError },
  }
  return options.destination ? pino(settings, options.destination) : pino(settings)
}

const secretNames = [
  'token',
  'secret',
  'password',
  'authorization',
  'routing_key',
  'routingKey',
  'signature',
  'cookie',
  'url_private',
]
const bodyNames = ['text', 'blocks', 'body', 'payload', 'responseUrl', 'response_url']
const redacted = [...secretNames, ...bodyNames].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** Errors of HTTP clients carry the whole request; only what helps is kept. Database errors carry the query's values. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? { code: String(error.code) } : {}
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {}
  const message = error.message.split('\nparams:')[0]?.slice(0, 500) ?? ''
  return { type: error.name, message, ...code, stack: error.stack?.split('\nparams:')[0]?.slice(0, 2_000), ...cause }
}
