/** What every Web API method is given, and what it may answer. */
import type { State } from '../state.ts'

export interface ApiContext {
  state: State
  args: Record<string, unknown>
  /** Tells the bot what happened, as the Events API would. */
  emit(type: string, event: Record<string, unknown>): void
}

export type ApiMethod = (context: ApiContext) => Record<string, unknown>

export function textArg(args: Record<string, unknown>, name: string): string {
  const value = args[name]
  return value === undefined || value === null ? '' : String(value)
}

export function flagArg(args: Record<string, unknown>, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1'
}

/** Objects arrive as JSON in a form field. */
export function jsonArg(args: Record<string, unknown>, name: string): unknown {
  const value = args[name]
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}

/** One page of a list, and the cursor of the next. */
export function page<Item>(all: readonly Item[], args: Record<string, unknown>, usual: number): { items: Item[]; next: string } {
  const limit = Math.min(Number(args.limit ?? usual) || usual, 999)
  const from = args.cursor ? Number(Buffer.from(String(args.cursor), 'base64').toString()) || 0 : 0
  const items = all.slice(from, from + limit)
  const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString('base64') : ''
  return { items, next }
}
