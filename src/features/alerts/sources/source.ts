/** What a folder beside this file exports: a kind of sender, as one object. */
import type { Instant } from '../../../core/effects.ts'
import type { Signed } from '../../../core/hooks.ts'

export interface AlertSource {
  name: string
  /** A payload as the sender really sends it: for docs and the contract test. */
  example: unknown
  /** The same with these moments, for the try page and the tests: how it begins, how it ends, and others of its kind. */
  play(scene: Scene): unknown
  /** How it signs what it sends; without this it carries our token. */
  signed?: Signed
  /** Pure and lenient. `receivedAt` is for senders that give no time. No alerts: understood, and nothing for us. */
  parse(body: unknown, receivedAt: Date): Parsed
}

export interface Scene {
  startsAt: Instant
  /** Null while it fires. */
  endsAt: Instant | null
  /** 0 for the example itself; others are other alerts of its kind, and nothing grave. */
  nth: number
}

export type Parsed = { alerts: readonly IncomingAlert[] } | { field: string; problem: string }

/** One alert as it was sent, in the words of every source. With the moment that it speaks of, it is one observation. */
export interface IncomingAlert {
  /** What makes it the same alert the next time. Severity and wording are never part of it. */
  fingerprint: string
  status: 'firing' | 'resolved'
  /** When it began to fire: the same in every re-sending of one outbreak, where the sender knows it. */
  startsAt: Instant
  /** When it ended. On a firing one: when it ends unless it is sent again; null where the sender does not say. */
  endsAt: Instant | null
  /** What people call it: the rule's name, as a rule. */
  title: string
  labels: Readonly<Record<string, string>>
  /** Texts about it: `summary` and `description` are shown, `runbook_url` and `dashboard_url` become links. */
  annotations: Readonly<Record<string, string>>
  /** In the sender's own words; null when it says none. Matched by routes as the label `severity`. */
  severityLabel: string | null
  /** Addresses about it, the most useful first. */
  links: readonly AlertLink[]
  /** What the sender itself puts together (Alertmanager's groupKey); routes that say nothing else group by it. */
  groupHint: string | null
  /** Whatever else came along, for display and templates. */
  extra: Readonly<Record<string, unknown>>
}

export interface AlertLink {
  title: string
  url: string
}
