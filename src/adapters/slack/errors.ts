/**
 * What each of Slack's answers means for an effect. A code that does not stand here is taken for a bug of ours: it is
 * tried a few times, and then given up with its name.
 */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { DeliveryError } from '../../core/ports.ts'

type Meaning = 'never' | 'again' | 'unknown' | 'outage'

const meanings: Readonly<Record<string, Meaning>> = {
  // Until an operator mends the token nothing can be said, and everything must be said afterwards.
  token_revoked: 'outage',
  token_expired: 'outage',
  invalid_auth: 'outage',
  account_inactive: 'outage',
  not_authed: 'outage',
  // Slack's own trouble. It may have struck after the effect.
  internal_error: 'unknown',
  fatal_error: 'unknown',
  service_unavailable: 'unknown',
  request_timeout: 'unknown',
  // The place is gone, or closed to us. Waiting does not open it.
  channel_not_found: 'never',
  is_archived: 'never',
  is_inactive: 'never',
  not_in_channel: 'never',
  restricted_action: 'never',
  user_not_found: 'never',
  user_disabled: 'never',
  cant_dm_bot: 'never',
  messages_tab_disabled: 'never',
  // What we sent does not fit. It will not fit the next time either.
  missing_scope: 'never',
  invalid_blocks: 'never',
  invalid_blocks_format: 'never',
  invalid_arguments: 'never',
  invalid_name: 'never',
  invalid_name_specials: 'never',
  msg_too_long: 'never',
  msg_blocks_too_long: 'never',
  no_text: 'never',
  too_long: 'never',
  unknown_method: 'never',
}

/** Calls that may be made twice without anybody noticing. After a lost answer the others are looked up first. */
const notRepeatable = new Set(['chat.postMessage', 'conversations.create'])

export function asDeliveryError(method: string, error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (error instanceof WebAPIRateLimitedError)
    return new DeliveryError('ratelimited', 'again', { retryAfterSeconds: error.retryAfter })
  if (error instanceof WebAPIPlatformError) return fromCode(String(error.data.error), error)
  const isRepeatable = !notRepeatable.has(method)
  if (error instanceof WebAPIHTTPError) {
    const code = `slack_http_${error.statusCode}`
    if (error.statusCode < 500) return new DeliveryError(code, 'never', { cause: error })
    // 503 comes from the door and not from behind it: nothing has happened.
    const outcome = isRepeatable || error.statusCode === 503 ? 'again' : 'unknown'
    return new DeliveryError(code, outcome, { isOutage: true, cause: error })
  }
  const neverArrived = error instanceof WebAPIRequestError && isRefusedConnection(error)
  return new DeliveryError('slack_unreachable', isRepeatable || neverArrived ? 'again' : 'unknown', {
    isOutage: true,
    cause: error,
  })
}

function fromCode(code: string, cause: unknown): DeliveryError {
  if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded') {
    return new DeliveryError(code, 'again', { retryAfterSeconds: 5, cause })
  }
  const meaning = meanings[code] ?? 'again'
  if (meaning === 'outage') return new DeliveryError(code, 'again', { isOutage: true, cause })
  return new DeliveryError(code, meaning, { isOutage: meaning === 'unknown', cause })
}

/** Nobody was there to take the request, so it surely had no effect. */
function isRefusedConnection(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/.test(String(cause.code)))
      return true
  }
  return false
}

/** The code that a failed call came back with, for the answers that the caller decides about. */
export function codeOf(error: unknown): string {
  return error instanceof DeliveryError ? error.code : ''
}
