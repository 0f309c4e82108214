/**
 * What each of Slack's answers means for an effect. A code that does not stand here is new to us: Slack said no, so
 * nothing has happened; it is tried a few times and then given up with its name.
 */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { DeliveryError } from '../../core/ports.ts'
import { type Method, mustHappenOnce } from './methods.ts'

/**
 * `never`: waiting does not help · `mend`: nothing at all can be delivered until an operator acts, and then all of it
 * must be · `unclear`: Slack failed somewhere inside, perhaps after the effect · `away`: the same, and not only for us.
 */
type Meaning = 'never' | 'mend' | 'unclear' | 'away'

export const meanings: Readonly<Record<string, Meaning>> = {
  // The token. Messages wait until it is mended, for a day.
  invalid_auth: 'mend',
  not_authed: 'mend',
  token_revoked: 'mend',
  token_expired: 'mend',
  account_inactive: 'mend',
  org_login_required: 'mend',
  team_access_not_granted: 'mend',

  // Slack's own trouble.
  internal_error: 'unclear',
  fatal_error: 'unclear',
  service_unavailable: 'away',
  request_timeout: 'away',
  team_added_to_org: 'away',

  // The place is gone, or closed to us.
  channel_not_found: 'never',
  not_in_channel: 'never',
  is_archived: 'never',
  // What chat.update says of an archived channel.
  is_inactive: 'never',
  restricted_action: 'never',
  method_not_supported_for_channel_type: 'never',
  messages_tab_disabled: 'never',

  // The person is gone, or out of reach.
  user_not_found: 'never',
  user_disabled: 'never',
  user_not_visible: 'never',
  user_not_in_channel: 'never',
  cannot_dm_bot: 'never',

  // The message to edit is gone, or too old to be edited.
  message_not_found: 'never',
  cant_update_message: 'never',
  edit_window_closed: 'never',

  // What we sent does not fit, and will not fit the next time.
  invalid_arguments: 'never',
  missing_argument: 'never',
  invalid_arg_name: 'never',
  invalid_array_arg: 'never',
  invalid_json: 'never',
  invalid_form_data: 'never',
  invalid_cursor: 'never',
  invalid_ts_oldest: 'never',
  invalid_ts_latest: 'never',
  view_too_large: 'never',
  invalid_blocks: 'never',
  invalid_blocks_format: 'never',
  msg_blocks_too_long: 'never',
  msg_too_long: 'never',
  no_text: 'never',
  too_long: 'never',
  metadata_too_large: 'never',
  invalid_name: 'never',
  invalid_name_required: 'never',
  invalid_name_maxlength: 'never',
  invalid_name_specials: 'never',
  invalid_name_punctuation: 'never',
  name_taken: 'never',
  invalid_emoji: 'never',
  too_many_pins: 'never',
  not_pinnable: 'never',
  thread_not_found: 'never',
  cannot_reply_to_message: 'never',
  restricted_action_non_threadable_channel: 'never',
  restricted_action_thread_locked: 'never',
  restricted_action_thread_only_channel: 'never',
  restricted_action_read_only_channel: 'never',
  not_reactable: 'never',
  thread_locked: 'never',
  too_many_emoji: 'never',
  too_many_reactions: 'never',
  bad_timestamp: 'never',
  no_item_specified: 'never',
  no_access: 'never',
  file_comment_not_found: 'never',
  // Slack moves a shared channel; it says no more about how long.
  external_channel_migrating: 'unclear',
  too_many_bookmarks: 'never',
  invalid_link: 'never',
  invalid_bookmark_type: 'never',
  too_many_tabs: 'never',
  parent_with_link: 'never',
  parent_bookmark_disabled: 'never',
  invalid_parent_type: 'never',
  invalid_child_type: 'never',
  cannot_bookmark_from_external_org: 'never',
  cannot_bookmark_restricted_sharing_enabled: 'never',
  permission_denied: 'never',
  not_found: 'never',
  // Archiving: nobody may, or it is the channel that must stay.
  cant_archive_general: 'never',
  cant_archive_required: 'never',
  not_authorized: 'never',

  // A file that Slack does not take, or a full store.
  file_type_not_allowed: 'never',
  file_upload_size_restricted: 'never',
  file_uploads_disabled: 'never',
  file_uploads_except_images_disabled: 'never',
  slack_connect_file_upload_sharing_blocked: 'never',
  slack_connect_blocked_file_type: 'never',
  storage_limit_reached: 'never',
  snippet_too_large: 'never',
  file_not_found: 'never',
  posting_to_channel_denied: 'never',
  invalid_channel: 'never',
  channels_limit_exceeded: 'never',
  // Slack lost it on the way: another upload may fare better.
  file_update_failed: 'unclear',

  // A user group that is not there, not ours to change, or cannot be as we want it.
  no_such_subteam: 'never',
  invalid_users: 'never',
  no_users_provided: 'never',
  failed_for_some_users: 'never',
  subteam_max_users_exceeded: 'never',

  // The app was not installed with what it needs. The code names the scope, so that the log says what to add.
  missing_scope: 'never',
  not_allowed_token_type: 'never',
  no_permission: 'never',
  plan_upgrade_required: 'never',
  user_is_bot: 'never',
  not_enabled: 'never',
  not_implemented: 'never',

  // A trigger that was used, or is older than Slack's three seconds.
  expired_trigger_id: 'never',
  exchanged_trigger_id: 'never',
  invalid_trigger_id: 'never',
  unknown_method: 'never',
}

/** Slack said no. The whole answer is kept: it may say what exactly is wrong, or with whom. */
export class Refusal extends DeliveryError {
  readonly answer: Readonly<Record<string, unknown>>
  constructor(error: DeliveryError, answer: Readonly<Record<string, unknown>>) {
    const { retryAfterSeconds, isOutage, cause } = error
    super(error.code, error.outcome, {
      isOutage,
      cause,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    })
    this.answer = answer
  }
}

const rateCodes = ['ratelimited', 'rate_limited', 'too_many_requests', 'message_limit_exceeded']
// For answers in which Slack does not say how long.
export const usualPauseSeconds = 30

export function asDeliveryError(method: Method, error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (error instanceof WebAPIRateLimitedError) {
    return new DeliveryError('ratelimited', 'again', { retryAfterSeconds: error.retryAfter, cause: error })
  }
  if (error instanceof WebAPIPlatformError) return new Refusal(fromCode(method, error), { ...error.data })
  if (error instanceof WebAPIHTTPError) return fromStatus(method, error)
  const outcome = neverArrived(error) ? 'again' : afterLostAnswer(method)
  return new DeliveryError('slack_unreachable', outcome, { isOutage: true, cause: error })
}

function fromCode(method: Method, error: WebAPIPlatformError): DeliveryError {
  const code = named(error)
  if (rateCodes.includes(code))
    return new DeliveryError(code, 'again', { retryAfterSeconds: usualPauseSeconds, cause: error })
  switch (meanings[error.data.error]) {
    case 'never':
      return new DeliveryError(code, 'never', { cause: error })
    case 'mend':
      return new DeliveryError(code, 'again', { isOutage: true, cause: error })
    case 'unclear':
      return new DeliveryError(code, afterLostAnswer(method), { cause: error })
    case 'away':
      return new DeliveryError(code, afterLostAnswer(method), { isOutage: true, cause: error })
    default:
      return new DeliveryError(code, 'again', { cause: error })
  }
}

/** Slack's code; of a missing scope also which; and nothing long, should a proxy have answered with a page. */
function named({ data }: WebAPIPlatformError): string {
  const needed = 'needed' in data && typeof data.needed === 'string' ? data.needed : ''
  if (data.error === 'missing_scope' && needed !== '') return `missing_scope (${needed})`
  return /^\w{1,80}$/.test(data.error) ? data.error : 'unreadable_answer'
}

/** Slack answers with 200 whatever it says. Anything else comes from its door, or from a proxy on the way. */
function fromStatus(method: Method, error: WebAPIHTTPError): DeliveryError {
  const outcome = error.statusCode < 500 ? 'again' : afterLostAnswer(method)
  return new DeliveryError(`slack_http_${error.statusCode}`, outcome, { isOutage: true, cause: error })
}

function afterLostAnswer(method: Method): 'again' | 'unknown' {
  return mustHappenOnce(method) ? 'unknown' : 'again'
}

// Nobody was there to take the request, or we did not trust whoever was: it surely had no effect.
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/

function neverArrived(error: unknown): boolean {
  for (
    let cause: unknown = error;
    cause instanceof Error;
    cause = cause instanceof WebAPIRequestError ? cause.original : cause.cause
  ) {
    if ('code' in cause && beforeSending.test(String(cause.code))) return true
  }
  return false
}

/** An earlier step of the effect has happened, or may have: the next attempt has to look before it acts. */
export function inDoubt(error: unknown): unknown {
  if (!(error instanceof DeliveryError) || error.outcome !== 'again') return error
  const { retryAfterSeconds, isOutage } = error
  return new DeliveryError(error.code, 'unknown', {
    isOutage,
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}

/** The code that a call failed with, for the answers that the caller decides about. */
export function codeOf(error: unknown): string {
  return error instanceof DeliveryError ? error.code : ''
}

/** Runs a call whose refusal by one of these codes is as good as success. Null for such a refusal. */
export async function accepting<Answer>(codes: readonly string[], call: Promise<Answer>): Promise<Answer | null> {
  try {
    return await call
  } catch (error) {
    if (codes.includes(codeOf(error))) return null
    throw error
  }
}
