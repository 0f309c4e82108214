/** One look at Alertmanager a minute, however many silences there are, and each that differs hears of it. */
import type { Given } from '../../../../core/decision.ts'
import type { Effect } from '../../../../core/effects.ts'
import { unreachable } from '../../../../lib/unreachable.ts'
import type { Event, Watch } from './domain.ts'

/** There is one Alertmanager, or one cluster of them. */
export const watched = 'alertmanager'

const everyMilliseconds = 60_000

export function effects(_watch: Watch, event: Event, { now }: Given<unknown>): readonly Effect[] {
  switch (event.type) {
    case 'watch.looked':
      return [
        {
          kind: 'alertmanager.look',
          copies: event.copies,
          whenDone: own('watch.see'),
          whenGivenUp: own('watch.giveUp'),
        },
        lookLater(now),
      ]
    case 'watch.differed':
      return event.seen.map((seen) => ({
        kind: 'perform',
        feature: 'silences',
        id: seen.silence,
        command: { type: 'silence.seeThere', ...seen },
      }))
    case 'watch.troubled':
    case 'watch.recovered':
      return []
    default:
      return unreachable(event)
  }
}

export function lookLater(now: Date): Effect {
  const at = new Date(now.getTime() + everyMilliseconds).toISOString()
  return { kind: 'timer.set', key: `silenceWatches/${watched}/look`, at, fire: own('watch.look') }
}

function own(type: string) {
  return { feature: 'silenceWatches', id: watched, command: { type } }
}
