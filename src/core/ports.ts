import type {
  AlertmanagerEffect,
  Effect,
  MailEffect,
  PagerDutyEffect,
  PagerEffect,
  ProbeEffect,
  SlackEffect,
  SnsEffect,
  WebhookEffect,
} from './effects.ts'

/**
 * What the delivery side asks of an adapter. Features never see a port: they return effects.
 *
 * A port promises: it returns when the outside has accepted the effect, and throws a DeliveryError that says
 * honestly what is known otherwise. It keeps nothing in memory that another replica would need.
 */
export interface Port<E extends Effect> {
  /** It calls `noteDoubt` itself, when the outside may have the effect from then on. Until then a crash leaves no doubt. */
  readonly doubtsLate?: true
  deliver(delivery: Delivery<E>): Promise<Delivered>
}

export interface Ports {
  slack: Port<SlackEffect>
  pager: Port<PagerEffect>
  pagerduty: Port<PagerDutyEffect>
  mail: Port<MailEffect>
  webhook: Port<WebhookEffect>
  alertmanager: Port<AlertmanagerEffect>
  sns: Port<SnsEffect>
  probe: Port<ProbeEffect>
}
export type PortName = keyof Ports

export interface Delivery<E extends Effect> {
  /** The same for every attempt: what a message's metadata or a dedup key carries. */
  id: string
  effect: E
  /** 1 for the first. */
  attempt: number
  /** An earlier attempt may have had its effect: look before doing it again. */
  isInDoubt: boolean
  /** When the effect was decided, and when this attempt began: far apart means "say that it is late". */
  decidedAt: Date
  now: Date
  /** For effects that have a name: what this adapter returned last time, null before the first. */
  observed: unknown
  /** Somebody outside may have changed the thing: look at it before trusting `observed`. */
  isLook?: boolean
  /** For ports that doubt late. Rejects when the effect is another process's by now: then it must not happen here. */
  noteDoubt?(): Promise<void>
  signal: AbortSignal
}

export interface Delivered {
  /** Kept under the effect's name, handed back next time, and merged into the `whenDone` command. */
  observed?: unknown
  /** What people did to the thing since, merged into the `whenChanged` command. */
  changed?: unknown
  /** The thing is there, and whatever waits for it may go on; what else is wanted of it is done apart. */
  isUnfinished?: boolean
}

/** The outside failed. Thrown by adapters only. */
export class DeliveryError extends Error {
  /**
   * `again`: it surely had no effect, try later · `unknown`: it may have had its effect (time-out, lost connection)
   * · `never`: trying again cannot help.
   */
  readonly outcome: 'again' | 'unknown' | 'never'
  /** The receiver told us when to come back. Waiting for it is not counted as a failed attempt. */
  readonly retryAfterSeconds: number | undefined
  /** Everything behind this port is away, not just this effect: waiting for it is never counted as a failed attempt. */
  readonly isOutage: boolean
  /** A short code for logs, metrics and `doctor`: Slack's own error code, an HTTP status. */
  readonly code: string

  constructor(
    code: string,
    outcome: 'again' | 'unknown' | 'never',
    options: { retryAfterSeconds?: number; isOutage?: boolean; cause?: unknown } = {},
  ) {
    super(code, { cause: options.cause })
    this.name = 'DeliveryError'
    this.code = code
    this.outcome = outcome
    this.retryAfterSeconds = options.retryAfterSeconds
    this.isOutage = options.isOutage ?? false
  }
}

/** Stands where an adapter would, when the environment does not say how to reach the outside. */
export function notConfigured(what: string): Port<never> {
  return { deliver: () => Promise.reject(new DeliveryError(`${what}_not_configured`, 'never')) }
}
