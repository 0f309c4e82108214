/** What PagerDuty's answers mean, when an event was not accepted. */
import { z } from 'zod'
import { DeliveryError } from '../../core/ports.ts'

// When we are too fast and not told how long to wait: the limit is one of events in a minute.
const pauseSeconds = 5

export async function asRefusal(response: Response): Promise<DeliveryError> {
  const { status } = response
  const code = `pagerduty_http_${status}`
  const waiting = secondsIn(response.headers.get('retry-after'))
  // An answer that breaks off still has its status.
  const text = await response.text().catch(() => '')
  const cause = new Error(`PagerDuty answered ${status}: ${text.slice(0, answerShown)}`)

  if (status === 429) return new DeliveryError(code, 'again', { retryAfterSeconds: waiting ?? pauseSeconds, cause })
  // Below 400 it was somebody else who answered, a proxy's page for example: PagerDuty says 202.
  if (status >= 500 || status < 400) {
    const retryAfter = waiting === undefined ? {} : { retryAfterSeconds: waiting }
    return new DeliveryError(code, 'again', { isOutage: true, ...retryAfter, cause })
  }
  return new DeliveryError(reasonIn(text) ?? code, 'never', { cause })
}

// Enough for every sentence that PagerDuty has about an event.
const answerShown = 500

const Refusal = z.object({ errors: z.array(z.string()).min(1) })

/** `invalid_routing_key`, when the answer names the field that is wrong: each error has it in quotes. */
function reasonIn(text: string): string | null {
  const refusal = Refusal.safeParse(parseJson(text))
  const [, field] = /'([a-z_.]{1,40})'/.exec(refusal.data?.errors[0] ?? '') ?? []
  return field ? `invalid_${field.replaceAll('.', '_')}` : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function secondsIn(retryAfter: string | null): number | undefined {
  const seconds = Number(retryAfter ?? '')
  return seconds > 0 ? seconds : undefined
}
