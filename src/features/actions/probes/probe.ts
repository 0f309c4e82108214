/**
 * What a probe is: one question about the world with a yes or no, asked after an action until it was answered with
 * yes often enough in a row. Probes only read. The runner owns the patience; a probe asks once.
 */
import type { z } from 'zod'
import type { Io, ParamValue, Target } from '../executors/executor.ts'

export interface Probed {
  isOk: boolean
  /** What was seen, in a few words: `200 in 38 ms`, `v142, wanted v141`. */
  saw: string
}

export interface ProbeGiven {
  target: Target
  params: Readonly<Record<string, ParamValue>>
  /** `before` and `after` of the plan, for a probe that asks whether the new version answers. */
  plan: { before: string; after: string } | null
}

export interface Probe<Config> {
  /** The key below which its settings stand in the catalogue: `http`, `sql`, `command`. */
  name: string
  configSchema: z.ZodType<Config>
  /** For people: `GET https://… answers 200`. */
  describe(config: Config): string
  /** Throws for nothing that the world does: what cannot be asked was answered with no. */
  ask(config: Config, given: ProbeGiven, io: Io): Promise<Probed>
  example: z.input<z.ZodType<Config>>
}

// biome-ignore lint/suspicious/noExplicitAny: settings and question of one probe fit each other; the list need not know how.
export type AnyProbe = Probe<any>
