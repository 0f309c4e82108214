import type { Decision, Given } from '../../../core/decision.ts'
import type { AlertRule, Instant, KnownRules } from '../../../core/effects.ts'
import type { Library } from '../library.ts'
import { type Coverage, coverageOf } from './coverage.ts'

/**
 * A report on coverage: somebody asks, Prometheus is asked which rules there are, and whoever asked is told. It is kept
 * by who asked, so that a delivery that comes twice is one report.
 */
export interface Report {
  askedBy: string
  askedAt: Instant
  reportedAt: Instant | null
  coverage: Coverage | null
}

export type Command =
  | { type: 'coverage.ask'; channelId: string | null }
  /** `fired`: what fired here, which is known without Prometheus; read in the same transaction. */
  | { type: 'coverage.report'; channelId: string | null; observed: KnownRules; fired?: readonly AlertRule[] }

export type Event =
  | { type: 'coverage.asked'; by: string; channelId: string | null; at: Instant }
  | {
      type: 'coverage.reported'
      channelId: string | null
      coverage: Coverage
      /** Why Prometheus did not say which rules there are. */
      why: string | null
      at: Instant
    }

export type Refused = 'only-people-ask' | 'nobody-asked'

export interface Policy {
  library: Library
}

export function decide(report: Report | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  const at = given.now.toISOString()
  if (command.type === 'coverage.ask') {
    if (given.actor.kind !== 'person') return { refused: 'only-people-ask' }
    return [{ type: 'coverage.asked', by: given.actor.id, channelId: command.channelId, at }]
  }
  if (report === null) return { refused: 'nobody-asked' }
  const { observed, fired = [], channelId } = command
  const coverage = coverageOf(given.policy.library, [...observed.rules, ...fired], given.now)
  return [{ type: 'coverage.reported', channelId, coverage, why: observed.why, at }]
}

export function evolve(report: Report | null, event: Event): Report {
  if (event.type === 'coverage.asked')
    return { askedBy: event.by, askedAt: event.at, reportedAt: null, coverage: report?.coverage ?? null }
  if (!report) throw new Error('coverage.reported before coverage.asked')
  return { ...report, reportedAt: event.at, coverage: event.coverage }
}
