/**
 * What clients were told, as the status page sees it: *updates*, gathered into *happenings* (an incident or a
 * maintenance), and from them the state of each component at any moment. Nothing here knows of anything unpublished.
 */
import type { Instant } from '../../../core/effects.ts'
import type { Locale } from '../locale.ts'

/** From good to bad. A component in maintenance is not up, but nobody promised that it would be. */
export const componentStates = ['operational', 'maintenance', 'degraded', 'partial', 'major'] as const
export type ComponentState = (typeof componentStates)[number]

/** A notice is about something new, or about nothing that goes on: it changes no state. */
export type Kind = 'incident' | 'maintenance' | 'notice'

export type Phase =
  | 'investigating'
  | 'identified'
  | 'monitoring'
  | 'resolved'
  | 'scheduled'
  | 'in_progress'
  | 'completed'
  | 'cancelled'
  /** Said beside: it leaves the happening where it is. */
  | 'notice'

/** One word to clients, as it was published. It never changes; a correction is another one. */
export interface Update {
  id: string
  /** What the outside knows the happening by. */
  publicId: string
  kind: Kind
  title: string
  phase: Phase
  /** Which components are concerned, by their key, and how. All of them: an update takes the place of the one before. */
  components: readonly { key: string; state: ComponentState }[]
  /** How bad it is for clients, whether or not a component is named. */
  felt: ComponentState
  /** The language of the body: the page's own, unless it was published in another one only. */
  locale: Locale
  body: string
  publishedAt: Instant
  /** When it began, or is to begin. */
  startsAt: Instant | null
  /** When a maintenance is to end. */
  endsAt: Instant | null
  /** The update that this one corrects. */
  corrects: string | null
}

export interface Happening {
  publicId: string
  kind: Kind
  title: string
  phase: Phase
  /** Oldest first, at least one. */
  updates: readonly Update[]
  startedAt: Instant
  endsAt: Instant | null
  /** When it was over; null while it is not. */
  endedAt: Instant | null
  /** Keys of all components that were ever concerned. */
  components: readonly string[]
  /** How bad it is now, or was said to be last. */
  felt: ComponentState
  /** How bad it was at its worst. */
  worst: ComponentState
}

const finalPhases: readonly Phase[] = ['resolved', 'completed', 'cancelled']

/** All happenings, the one with the newest beginning first. */
export function happeningsOf(updates: readonly Update[]): Happening[] {
  const byId = Map.groupBy(updates, ({ publicId }) => publicId)
  return [...byId.values()].map(happeningOf).toSorted(newestFirst)
}

function happeningOf(unsorted: readonly Update[]): Happening {
  const updates = unsorted.toSorted((a, b) => compare(a.publishedAt, b.publishedAt))
  const [first, last] = [updates[0], updates.at(-1)]
  if (!first || !last) throw new Error('a happening has at least one update')
  const said = updates.findLast(({ phase }) => phase !== 'notice') ?? last
  const isOver = finalPhases.includes(said.phase) || said.phase === 'notice'
  const windows = updates.filter(({ startsAt }) => startsAt !== null)
  return {
    publicId: first.publicId,
    kind: first.kind,
    title: last.title,
    phase: said.phase,
    updates,
    // Of a maintenance the newest announced window counts; of an incident, what was first known of its beginning.
    startedAt: (first.kind === 'maintenance' ? windows.at(-1) : windows[0])?.startsAt ?? first.publishedAt,
    endsAt: updates.findLast(({ endsAt }) => endsAt !== null)?.endsAt ?? null,
    endedAt: isOver ? firstOf(updates, said.phase) : null,
    components: [...new Set(updates.flatMap((update) => update.components.map(({ key }) => key)))],
    felt: said.felt,
    worst: worstOf(updates.filter(({ phase }) => phase !== 'notice').map(({ felt }) => felt)),
  }
}

/** When the phase it is in began: a correction of the last word does not make it end later. */
function firstOf(updates: readonly Update[], phase: Phase): Instant {
  const before = updates.findLastIndex((update) => update.phase !== phase && update.phase !== 'notice')
  const begin = updates.slice(before + 1).find((update) => update.phase === phase)
  if (!begin) throw new Error(`no update says ${phase}`)
  return begin.publishedAt
}

function newestFirst(a: Happening, b: Happening): number {
  return compare(b.startedAt, a.startedAt) || compare(b.publicId, a.publicId)
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function isOpen({ endedAt }: Happening): boolean {
  return endedAt === null
}

/** Open, and felt now: a maintenance that has not begun is only announced. */
export function isUnderWay(happening: Happening): boolean {
  return isOpen(happening) && happening.phase !== 'scheduled'
}

export function worstOf(states: readonly ComponentState[]): ComponentState {
  const worst = Math.max(0, ...states.map((state) => componentStates.indexOf(state)))
  return componentStates[worst] ?? 'operational'
}

/** A time during which a component was in a state that is not operational. Milliseconds. */
export interface Span {
  from: number
  /** Infinity while it lasts. */
  until: number
  state: ComponentState
}

/** For one component, what was published about it: spans that may overlap, when two incidents did. */
export function spansOf(happenings: readonly Happening[], component: string): Span[] {
  return happenings
    .filter(({ components }) => components.includes(component))
    .flatMap((happening) => spansIn(happening, component))
}

function spansIn({ updates, startedAt }: Happening, component: string): Span[] {
  const said = updates.flatMap((update, index) => {
    const state = stateAfter(update, component)
    // Clients hear of an incident a while after it began.
    const at = Date.parse(index === 0 && update.kind === 'incident' ? startedAt : update.publishedAt)
    return state === null ? [] : [{ from: at, state }]
  })
  return said
    .map(({ from, state }, index) => ({ from, until: said[index + 1]?.from ?? Number.POSITIVE_INFINITY, state }))
    .filter(({ from, until, state }) => state !== 'operational' && until > from)
}

/** What an update says about a component; null when it says nothing. */
function stateAfter(update: Update, component: string): ComponentState | null {
  if (update.phase === 'notice') return null
  if (finalPhases.includes(update.phase) || update.phase === 'scheduled') return 'operational'
  // Words without a list («still looking into it») leave everything as it was.
  if (update.components.length === 0) return null
  return update.components.find(({ key }) => key === component)?.state ?? 'operational'
}

/** In which state a component was left by the first `count` updates of a happening. */
export function stateAfterUpdates(updates: readonly Update[], count: number, component: string): ComponentState {
  const states = updates.slice(0, count).map((update) => stateAfter(update, component))
  return states.findLast((state) => state !== null) ?? 'operational'
}

export function stateAt(spans: readonly Span[], at: number): ComponentState {
  return worstOf(spans.filter(({ from, until }) => from <= at && at < until).map(({ state }) => state))
}
