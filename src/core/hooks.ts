/** Webhooks that a feature takes in. The inbox keeps them; whoever listens works on them in handfuls. */
import type { Effect } from './effects.ts'
import type { By, Spine } from './perform.ts'

export interface HookSource {
  /** The names below /hooks/. Several may listen to one: each is given all that comes. */
  sources: readonly string[]
  /** Of those that sign what they send rather than carry our token. */
  signed?: Readonly<Record<string, Signed>>
  /** Of those that say the same every time, perhaps without a body and by GET: each call counts, none is a repetition. */
  pings?: readonly string[]
  /**
   * Reads a payload before it is accepted: pure and quick. A misfit names the field that is wrong.
   * `count` is what the sender is told was accepted.
   */
  check(asked: HookAsked): HookChecked
  /** Works on deliveries, oldest first. May be called again for the same ones after a crash. */
  work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts>
}

export interface HookAsked {
  source: string
  /** What stands behind the source: `uptime` in /hooks/generic/uptime. */
  name: string | null
  body: unknown
  policyOf: Spine['policyOf']
}

export type HookChecked =
  /** `isTimeless`: it does not say when what it speaks of happened, so that the same words soon are news again. */
  | { count: number; isTimeless?: boolean }
  | { field: string; problem: string }
  /** There is nothing of that name; the sentence says what there is. */
  | { unknown: string }

export type Signed = SignedBySecret | SignedByCertificate

export interface SignedBySecret {
  /** The environment variable of the secret; without one nothing is accepted. While it is changed: both, with a comma. */
  secretVariable: string
  isSigned(raw: Buffer, headers: HookHeaders, secret: string): boolean
}

/** The sender has a key of its own, and says where the certificate to it is. */
export interface SignedByCertificate {
  /** What is to be verified, or why it is not even worth fetching a certificate for. Pure. */
  claimOf(body: unknown, given: { now: Date; policyOf: Spine['policyOf'] }): SignatureClaim | { refused: string }
}

export interface SignatureClaim {
  /** An address that was looked at: nothing is fetched from where a stranger says. */
  certificateUrl: string
  algorithm: 'RSA-SHA1' | 'RSA-SHA256'
  text: string
  signature: string
}

export type HookHeaders = Readonly<Record<string, string | string[] | undefined>>

/** For the metrics: what came, by source, and what changed nothing, by reason. */
export interface HookCounts {
  received: Readonly<Record<string, number>>
  dropped: Readonly<Record<string, number>>
  /** What else is to be done, filed as the deliveries are closed. */
  effects?: readonly Effect[]
}

export interface HookDelivery {
  source: string
  name: string | null
  body: unknown
  receivedAt: Date
  by: By
}
