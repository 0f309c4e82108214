/** What a feature may ask of the outside for `tocsin check`. Nothing is changed there, and nothing need answer. */
import type { KnownRules } from './effects.ts'

export interface Outside {
  alertRules(): Promise<KnownRules>
  /** Null when they cannot be known. */
  metricNames(): Promise<ReadonlySet<string> | null>
  /** Null when the address leads somewhere. */
  deadBecause(url: string): Promise<string | null>
}

/** Asked about links too, or about figures only. */
export interface Look {
  outside: Outside
  withLinks: boolean
  now: Date
}

/** The outside changes by itself, so what is found there is said and turns no build red. */
export interface Finds {
  /** `file:line: what is wrong` */
  lines: readonly string[]
}
