/** An entry of the catalogue, as the rules know it: what may be asked for, by whom, and with which values. */
import type { ParamValue } from './executors/executor.ts'

/** 0 reads · 1 is small, bounded and reversible · 2 is felt, and reversible · 3 touches data or cannot be undone. */
export type Tier = 0 | 1 | 2 | 3

export interface Need {
  group: string
  count: number
}

export interface Entry {
  name: string
  title: string
  verb: string
  targets: readonly string[]
  tier: Tier
  executor: string
  request: string
  needs: readonly Need[]
  /** Nobody need approve while an open incident is linked. */
  isFreeInIncident: boolean
  confirms: 'none' | 'approver' | 'both'
  timeoutSeconds: number
  holdAfter: number | null
  freezes: 'respect' | 'ignore'
  breakGlass: 'allow' | 'delayed' | 'never'
  mayAutomate: boolean
  hasProbes: boolean
  canStop: boolean
  sha: string
  params: Readonly<Record<string, ParamRule>>
}

export interface ParamRule {
  isOptional: boolean
  meaning: string
  /** The value as it will be used, or what would be accepted. */
  read(given: ParamValue): { value: ParamValue } | { accepted: string }
}
