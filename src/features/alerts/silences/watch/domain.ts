/** The watch over our silences in Alertmanager: every minute while there are any, what became of them there. */
import type { Decision, Given } from '../../../../core/decision.ts'
import type { Instant, SilenceCopy, SilencesThere } from '../../../../core/effects.ts'
import { unreachable } from '../../../../lib/unreachable.ts'
import { toOurs } from '../copies.ts'
import { differs, type SeenThere, type Silence } from '../domain.ts'

/**
 *   resting ──a copy was made──▶ looking every minute ──no copy is left──▶ resting
 */
export interface Watch {
  id: string
  lookedAt: Instant
  /** Why nothing can be seen there; null while it answers. */
  trouble: string | null
}

export type Command =
  | { type: 'watch.look'; copies?: readonly SilenceCopy[] }
  /** `known` is what holds here by now. */
  | { type: 'watch.see'; observed: SilencesThere; known?: readonly Silence[] }
  | { type: 'watch.giveUp'; code: string }

export type Event =
  | { type: 'watch.looked'; id: string; copies: readonly SilenceCopy[]; at: Instant }
  | { type: 'watch.differed'; seen: readonly Different[] }
  | { type: 'watch.troubled'; code: string }
  | { type: 'watch.recovered' }

export interface Different {
  silence: string
  asked: string
  there: SeenThere | null
}

export type Refused = 'nothing-to-watch'

export function decide(watch: Watch | null, command: Command, { id, now }: Given<unknown>): Decision<Event, Refused> {
  if (command.type === 'watch.look') {
    const { copies = [] } = command
    if (copies.length === 0) return watch === null ? { refused: 'nothing-to-watch' } : []
    return [{ type: 'watch.looked', id, copies, at: now.toISOString() }]
  }
  if (watch === null) return { refused: 'nothing-to-watch' }
  switch (command.type) {
    case 'watch.see':
      return command.observed.outcome === 'failed'
        ? troubled(watch, command.observed.code)
        : see(watch, command.observed, command.known ?? [])
    case 'watch.giveUp':
      return troubled(watch, command.code)
    default:
      return unreachable(command)
  }
}

function troubled({ trouble }: Watch, code: string): readonly Event[] {
  return trouble === code ? [] : [{ type: 'watch.troubled', code }]
}

function see(
  { trouble }: Watch,
  { silences }: Extract<SilencesThere, { outcome: 'seen' }>,
  known: readonly Silence[],
): readonly Event[] {
  const seen = silences.flatMap(({ silence: name, id: asked, there }): Different[] => {
    const silence = known.find((one) => one.id === name)
    if (!silence) return []
    const ours = there === null ? null : toOurs(there)
    const isAsKnown = ours !== null && ours.id === asked && !differs(silence, ours)
    return isAsKnown ? [] : [{ silence: name, asked, there: ours }]
  })
  return [
    ...(trouble === null ? [] : [{ type: 'watch.recovered' } as const]),
    ...(seen.length === 0 ? [] : [{ type: 'watch.differed', seen } as const]),
  ]
}

export function evolve(watch: Watch | null, event: Event): Watch {
  if (event.type === 'watch.looked') return { id: event.id, lookedAt: event.at, trouble: watch?.trouble ?? null }
  if (!watch) throw new Error(`${event.type} before watch.looked`)
  switch (event.type) {
    case 'watch.differed':
      return watch
    case 'watch.troubled':
      return { ...watch, trouble: event.code }
    case 'watch.recovered':
      return { ...watch, trouble: null }
    default:
      return unreachable(event)
  }
}
