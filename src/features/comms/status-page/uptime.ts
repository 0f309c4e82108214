/**
 * How much of the time a component was up, and a bar a day. The formula is printed under the bars, because every
 * status page has another one and none says which.
 *
 * Only time that somebody watched counts. What nobody knows is neither up nor down: it is left out, drawn in grey, and
 * the share that is known is printed beside.
 */
import { type ComponentState, type Span, worstOf } from './record.ts'

/** How much of the time in a state counts as down. Time in maintenance does not count at all. */
export interface Weights {
  degraded: number
  partial: number
  major: number
}

/** Milliseconds; the end is not part of it. */
export interface Interval {
  from: number
  until: number
}

export interface Uptime {
  /** 0 to 1; null when nothing at all is known. */
  share: number | null
  /** 0 to 1: how much of the time anything is known of. */
  known: number
}

const dayMilliseconds = 86_400_000

export interface Day {
  /** `2026-03-02`, in UTC. */
  date: string
  /** The worst of the day; null when nothing is known of it. */
  state: ComponentState | null
  /** For how long it was not operational, by state; milliseconds. */
  spent: Readonly<Partial<Record<ComponentState, number>>>
}

export interface Watched {
  spans: readonly Span[]
  /** When somebody watched. May overlap. */
  watched: readonly Interval[]
}

export function uptimeOf({ spans, watched }: Watched, window: Interval, weights: Weights): Uptime {
  const pieces = piecesOf({ spans, watched }, window)
  const known = sum(pieces, () => true)
  const counted = sum(pieces, ({ state }) => state !== 'maintenance')
  const down =
    weights.degraded * sum(pieces, ({ state }) => state === 'degraded') +
    weights.partial * sum(pieces, ({ state }) => state === 'partial') +
    weights.major * sum(pieces, ({ state }) => state === 'major')
  const whole = window.until - window.from
  return { share: counted === 0 ? null : 1 - down / counted, known: whole <= 0 ? 0 : known / whole }
}

/** The last `count` days, the oldest first; the last one is today, as far as it has come. */
export function daysOf(watched: Watched, now: number, count: number): Day[] {
  const today = Math.floor(now / dayMilliseconds) * dayMilliseconds
  return Array.from({ length: count }, (_, index) => {
    const from = today - (count - 1 - index) * dayMilliseconds
    return dayOf(watched, { from, until: Math.min(from + dayMilliseconds, now) })
  })
}

function dayOf(watched: Watched, window: Interval): Day {
  const pieces = piecesOf(watched, window)
  const states = [...new Set(pieces.map(({ state }) => state))]
  const spent = states
    .filter((state) => state !== 'operational')
    .map((state) => [state, sum(pieces, (piece) => piece.state === state)] as const)
  return {
    date: new Date(window.from).toISOString().slice(0, 10),
    state: states.length === 0 ? null : worstOf(states),
    spent: Object.fromEntries(spent),
  }
}

/** The window cut wherever something changes; only the pieces of which something is known, each with its worst state. */
function piecesOf({ spans, watched }: Watched, window: Interval): Span[] {
  const inside = ({ from, until }: Interval) => until > window.from && from < window.until
  const mine = spans.filter(inside)
  const seen = watched.filter(inside)
  const edges = [...mine, ...seen].flatMap(({ from, until }) => [from, until])
  const cuts = [...new Set([window.from, ...edges, window.until])]
    .filter((at) => at >= window.from && at <= window.until)
    .toSorted((a, b) => a - b)
  const pieces: Span[] = []
  for (const [index, from] of cuts.entries()) {
    const until = cuts[index + 1]
    if (until === undefined) continue
    const covers = (one: Interval) => one.from <= from && until <= one.until
    const states = mine.filter(covers).map(({ state }) => state)
    // What was published is known, whether or not we ran just then.
    if (states.length > 0 || seen.some(covers)) pieces.push({ from, until, state: worstOf(states) })
  }
  return pieces
}

function sum(pieces: readonly Span[], which: (piece: Span) => boolean): number {
  return pieces.filter(which).reduce((total, { from, until }) => total + until - from, 0)
}

/** Rounded down: 99.999 % is not «100 %». */
export function percent(share: number): string {
  if (share >= 1) return '100 %'
  return `${(Math.floor(share * 10_000 + 1e-9) / 100).toFixed(2)} %`
}
