/** Webhooks that a feature takes in. The inbox keeps them; the feature works on them in handfuls. */
import type { By, Spine } from './perform.ts'

export interface HookSource {
  /** The names below /hooks/. */
  sources: readonly string[]
  /** Of those that sign what they send rather than carry our token. */
  signed?: Readonly<Record<string, Signed>>
  /**
   * Reads a payload before it is accepted: pure and quick. A misfit names the field that is wrong.
   * `count` is what the sender is told was accepted.
   */
  check(source: string, body: unknown): { count: number } | { field: string; problem: string }
  /** Works on deliveries, oldest first. May be called again for the same ones after a crash. */
  work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts>
}

export interface Signed {
  /** The environment variable of the secret; without one nothing is accepted. */
  secretVariable: string
  isSigned(raw: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>, secret: string): boolean
}

/** For the metrics: what came, by source, and what changed nothing, by reason. */
export interface HookCounts {
  received: Readonly<Record<string, number>>
  dropped: Readonly<Record<string, number>>
}

export interface HookDelivery {
  source: string
  body: unknown
  receivedAt: Date
  by: By
}
