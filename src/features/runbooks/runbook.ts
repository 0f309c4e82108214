/** A runbook, as it is read from its file: what it is for, and its steps. Variables stand in it as they were written. */
import type { Expected } from '../../core/effects.ts'
import type { Matcher } from '../../lib/matchers.ts'

export interface Runbook {
  /** The file's name without its ending: `high-latency`. */
  name: string
  file: string
  title: string
  alerts: readonly string[]
  /** Any of these sets fits. */
  matchers: readonly (readonly Matcher[])[]
  services: readonly string[]
  severities: readonly string[]
  /** A Slack id or a team's name. */
  owner: string | null
  /** The day it was last reviewed, `2026-10-01`; null when nobody ever said. */
  reviewedAt: string | null
  reviewEvery: number
  /** Prose, as Slack's markup. */
  meaning: string
  impact: string
  steps: readonly PlannedStep[]
}

export interface PlannedStep {
  /** `diagnosis-2`: where an answer may lead. */
  id: string
  /** The heading that it stands under: Diagnosis, Mitigation, Verify, Communicate, Escalate, or the author's own. */
  section: string
  /** Slack's markup, with variables. */
  words: string
  block: StepBlock | null
  line: number
}

/** What a step can do beyond being read. */
export type StepBlock =
  /** Shows a figure and how it came there. */
  | { kind: 'query'; promql: string; forMinutes: number }
  /** Looks whether an address answers as it should. */
  | { kind: 'check'; url: string; expectStatus: number }
  /** One row of a database that tocsin.yml names. Its variables are parameters: `values` stand for $1, $2, … */
  | { kind: 'sql'; database: string; query: string; values: readonly string[]; expect: Expected | null }
  /** A guarded action, with its own plan, approval and record. */
  | { kind: 'action'; action: string; target: string; parameters: Readonly<Record<string, string>> }
  | { kind: 'comms'; template: string }
  | { kind: 'ask'; choices: readonly Choice[] }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'page'; team: string; message: string }
  | { kind: 'link'; url: string; title: string }
  /** Shown for copying, never executed. */
  | { kind: 'shell'; text: string }

export interface Choice {
  answer: string
  goTo: string
  /** Where it goes on from there, one after the other. What is not on the way is passed over. */
  onward?: readonly string[]
}

export const stepKinds = ['query', 'check', 'action', 'comms', 'ask', 'wait', 'page', 'link', 'shell'] as const

/** Kinds that «Run» sets going. */
export function canRun(block: StepBlock | null): boolean {
  return block !== null && ['query', 'check', 'sql', 'wait', 'action', 'page', 'comms'].includes(block.kind)
}
