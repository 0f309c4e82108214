/** What the world hears about what is noted: a line somebody wrote is for everybody, a marked message stands there already. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { bold, Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { key } from '../incidents/index.ts'
import type { Entry, Event } from './domain.ts'
import type { Rules } from './rules.ts'

export function effects(entry: Entry, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'timeline.noted': {
      if (event.sayIn === null) return []
      const by = new Markup(event.by === null ? 'Tocsin' : mention(event.by))
      const words = policy.templates.render('timeline/noted', 'slack', { by, text: event.text })
      // Where incidents are announced, a line needs to say which one it is about.
      const isAmongOthers = event.sayIn === policy.announceIn
      const text = isAmongOthers ? `${bold(key({ id: entry.incident }))} ${words}` : words
      return [{ kind: 'slack.say', to: event.sayIn, message: { text } }]
    }
    case 'timeline.kept':
    case 'timeline.marked':
    case 'timeline.unmarked':
    case 'timeline.removed':
    case 'timeline.restored':
      return showMark(entry, policy)
    case 'timeline.edited':
    case 'timeline.deletedInSlack':
    case 'timeline.corrected':
      return []
    default:
      return unreachable(event)
  }
}

/** Our own mark stands on a message as long as it is in the timeline: whoever added it sees that it worked. */
function showMark({ source, status, deletedAt }: Entry, { mark }: Rules): Effect[] {
  if (source === null || !source.isOurs || mark === null || deletedAt !== null) return []
  const { channelId, ts } = source
  return [{ kind: 'slack.react', on: { channelId, ts }, emoji: mark, isThere: status === 'kept' }]
}
