/** What every step of the runner needs: the order for the executor, the way to say what came of it, and its patience. */
import { randomUUID } from 'node:crypto'
import type { LongWork } from '../../core/feature.ts'
import { perform } from '../../core/perform.ts'
import { clean } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import type { Action, Command } from './domain.ts'
import type { AnyExecutor, Order, Plan } from './executors/executor.ts'
import { executors } from './executors/index.ts'
import { OutOfPatience } from './patience.ts'
import type { Rules } from './rules.ts'

/** What one process remembers while it watches one action. A successor begins with none of it, and loses nothing. */
export interface Pace {
  /** When a state was first seen here. */
  sinceSeen: Map<string, number>
  passes: number
  saidAt: number
  said: string
  stopAskedAt: number | null
  troubleSince: number | null
}

/** `on`: look again at once · a number: after so many milliseconds · `enough`: others have to do something first. */
export type Next = 'on' | 'enough' | number

export interface Ready {
  executor: AnyExecutor
  order: Order<unknown>
}

export function orderOf({ spine }: LongWork, action: Action): Ready | { why: string } {
  const entry = rulesOf(spine).config.catalogue[action.name]
  const executor = executors.find((one) => one.name === action.executor)
  if (!entry || !executor || entry.executor !== action.executor)
    return { why: `The catalogue has no entry ${action.name} for ${action.executor} any more.` }
  const config = executor.configSchema.safeParse(entry.with)
  if (!config.success) return { why: `The settings of ${action.name} do not fit ${action.executor} any more.` }
  const { target, params, timeoutSeconds } = action
  return { executor, order: { config: config.data, target, params, timeoutSeconds, plan: action.plan ?? noPlan } }
}

/** Stands in an order only while there is no plan yet, and is never handed out. */
const noPlan: Plan = {
  payload: null,
  before: '',
  after: '',
  blastRadius: '',
  lost: null,
  takesSeconds: null,
  steps: [],
  observed: null,
  inverse: null,
}

export function tell({ spine }: LongWork, action: Action, command: Command) {
  const by = { actor: { kind: 'tocsin', what: 'runner' }, cause: `runner/${randomUUID()}` } as const
  return perform(spine, aggregate, action.id, command, by)
}

export function rulesOf(spine: LongWork['spine']): Rules {
  return spine.policyOf(aggregate.feature) as Rules
}

/** What may be shown of an error: its name and its first line, never an address with a key in it. */
export function wordsOf(error: unknown): string {
  if (error instanceof OutOfPatience) return error.message
  const message = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return clean(`${message}${cause}`.split('\n')[0] ?? '')
    .replaceAll(/:\/\/[^/@\s]+@/g, '://…@')
    .slice(0, 300)
}

/** Nobody knows any more: the state in which everything is looked at and nothing is done again. */
export async function lose(work: LongWork, action: Action, why: string): Promise<Next> {
  await tell(work, action, { type: 'action.lost', why: asSentence(why) })
  return 'on'
}

/** An executor's half a line stands between sentences of ours. */
export function asSentence(words: string): string {
  const whole = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?]$/.test(whole) || whole === '' ? whole : `${whole}.`
}
