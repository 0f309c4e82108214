/**
 * What an executor is: the hands of an action. One folder each, listed by hand in index.ts, held to this page by one
 * contract test.
 *
 * The runner calls it in this order, each call possibly in another process, days apart, after a crash:
 *
 *   plan ─▶ (approvals) ─▶ observe ─▶ dispatch ─▶ poll … poll ─▶ (probes)
 *                                        └ died here? reconcile ─▶ poll …
 *
 * `plan`, `observe`, `choices`, `poll` and `reconcile` only read; but `reconcile` may set going what brings a deed that was
 * interrupted half-way to one of its two ends, when that is harmless however often it is done. `dispatch` is called at most once a key, ever; it is
 * never retried. Nothing may live in memory between two calls: all that later calls need is in the order or the handle.
 */
import type { z } from 'zod'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type ParamValue = string | number | boolean

/** What is given to every call. The executor reaches the outside through nothing else, child processes and databases apart. */
export interface Io {
  fetch: typeof fetch
  /** The value of the environment variable of this name. Throws when it is not set; never keep or print it. */
  secrets(name: string): string
  now(): Date
  /** Aborted when the runner's patience with this one call ends. For `dispatch` that makes the outcome `unknown`. */
  signal: AbortSignal
  /** A folder of this run's own. It exists, survives restarts, and is mode 0700. */
  runDir: string
  /** A folder that all runs of this executor share. It exists. */
  homeDir: string
  /** A line for the operators' log. No secrets, no output of what runs. */
  log(line: string): void
}

export interface Target {
  /** `checkout/production`: what is locked while an action runs. */
  key: string
  service: string
  environment: string
}

/** What somebody asks for: one entry of the catalogue, one of its targets, and parameters that fit their types. */
export interface Asked<Config> {
  /** The executor's settings in the catalogue entry, as `configSchema` parsed them. */
  config: Config
  target: Target
  params: Readonly<Record<string, ParamValue>>
  timeoutSeconds: number
}

/** What will be done, exactly. Frozen and hashed; approvals are given to this and to nothing else. */
export interface Plan {
  /** All that dispatch needs beside the settings, with every "previous" and "latest" resolved to an immutable id. */
  payload: Json
  /** `v142 (sha256:9f2c…)` */
  before: string
  after: string
  /** Who or what notices, in one short line: `all clients of checkout in production, 3 replicas, one at a time`. */
  blastRadius: string
  /** What is gone afterwards (for a restore: everything written since when); null when nothing is. */
  lost: string | null
  /** How long it probably takes; null when nobody knows. */
  takesSeconds: number | null
  /** What is done, step by step, for people. */
  steps: readonly string[]
  /** Facts about the world that the plan rests on. `observe` must give exactly these again, else the plan is void. */
  observed: Json
  /** What undoes it: parameters of the same action, or of another one by name. Null: it cannot be undone. */
  inverse: { action?: string; params: Readonly<Record<string, ParamValue>> } | null
  /** What stays behind for the way back, until when somebody should need it, and how people remove it then. */
  kept?: { what: string; until: string; removal: string }
  /** What people should know and the hash should not: `measured 40 s in the last drill`. */
  remarks?: readonly string[]
}

/** An approved plan with what it was made from: the same at every later call. */
export interface Order<Config> extends Asked<Config> {
  plan: Plan
}

/** No plan can be made; the sentence says why, and what would be accepted. */
export interface NoPlan {
  refused: string
}

export type Dispatched =
  | { outcome: 'accepted'; handle: Json }
  /** Proven to have had no effect (refused credentials, not found, could not be spawned). */
  | { outcome: 'rejected'; why: string }
  /** Anything else: a time-out, a 5xx, a lost connection. Nobody tries again; reconcile and people find out. */
  | { outcome: 'unknown'; why: string }

export interface Progress {
  phase: 'running' | 'succeeded' | 'failed' | 'stopped' | 'unknown'
  /** One short line: `replica 2 of 3`, `exit code 1`. */
  detail: string
  /** The newest output, at most a few thousand characters, redacted; as it came, not escaped. */
  tail: string
  /** Bytes and sha256 of all the output, once it is over. */
  output?: { bytes: number; sha256: string }
}

export type Reconciled =
  | { found: 'handle'; handle: Json }
  /** Proven never to have begun. */
  | { found: 'nothing' }
  | { found: 'unknown'; why: string }

export interface Executor<Config> {
  /** The folder's name, and `executor:` in the catalogue. */
  name: string
  summary: string
  /** The gravest tier it may be used for: 2 when its plan is computed and nothing can be tried beforehand. */
  tierMax: 0 | 1 | 2 | 3
  /** The mildest tier that these settings may have: what puts data in the place of data is never less than T3. */
  tierMin?(config: Config): 0 | 1 | 2 | 3
  canStop: boolean
  /** The executor's own settings in a catalogue entry, below `with:`. Strict: unknown keys are refused. */
  configSchema: z.ZodType<Config>
  /** Names of the parameters that the settings refer to: the catalogue must declare them. */
  paramsOf(config: Config): readonly string[]
  plan(asked: Asked<Config>, io: Io): Promise<Plan | NoPlan>
  /** The same facts as `plan.observed`, read now. */
  observe(order: Order<Config>, io: Io): Promise<Json>
  dispatch(order: Order<Config>, key: string, io: Io): Promise<Dispatched>
  poll(order: Order<Config>, handle: Json, io: Io): Promise<Progress>
  /** Asks it to stop. Whether it did is what `poll` says. */
  stop(order: Order<Config>, handle: Json, io: Io): Promise<void>
  /** What became of a dispatch whose answer nobody heard. */
  reconcile(order: Order<Config>, key: string, io: Io): Promise<Reconciled>
  /** What a parameter of type `lookup` may be just now, the likeliest first. */
  choices?(param: string, asked: Omit<Asked<Config>, 'params'>, io: Io): Promise<readonly Choice[]>
  /** `plan` takes more than these and refuses the rest itself: a moment, beside the backups that there are. */
  choicesAreSome?: true
  /** A catalogue entry's `with:`, for the docs and the contract test. */
  example: z.input<z.ZodType<Config>>
}

export interface Choice {
  value: string
  label: string
}

// biome-ignore lint/suspicious/noExplicitAny: settings and calls of one executor fit each other; the list need not know how.
export type AnyExecutor = Executor<any>
