/** What a folder beside this file exports: a kind of sender, as one object. */
import type { Alert } from '../domain.ts'

export interface AlertSource {
  name: string
  /** A payload as the sender really sends it: for docs, the contract test and the try page's button. */
  example: unknown
  /** Pure. `receivedAt` is for senders that give no time. */
  parse(body: unknown, receivedAt: Date): Parsed
}

export type Parsed = { alerts: readonly Alert[] } | { field: string; problem: string }
