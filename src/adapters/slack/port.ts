/** The outbox's way to Slack: which effect is done by whom, and what an interruption leaves in doubt. */
import type { Priority, SlackEffect } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import type { Delivered, Delivery, Port } from '../../core/ports.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Call, Calls } from './call.ts'
import type { Channels } from './channels.ts'
import { inDoubt } from './errors.ts'
import { sendFile } from './files.ts'
import { keepGroup } from './groups.ts'
import { showHome } from './home.ts'
import { mustHappenOnce } from './methods.ts'
import type { Places } from './places.ts'
import type { Mouth } from './posting.ts'
import { react } from './react.ts'
import { say } from './say.ts'
import { show } from './show.ts'
import { tell } from './tell.ts'

export function createPort(given: { calls: Calls; places: Places; channels: Channels; log: Log }): Port<SlackEffect> {
  const { calls, places, channels, log } = given
  return {
    async deliver(delivery) {
      const progress = { hasActed: false }
      const paced = calls.as({ id: lineNameOf(delivery), priority: priorityOf(delivery.effect) }, delivery.signal)
      const call: Call = async (method, args) => {
        const answer = await paced(method, args)
        if (mustHappenOnce(method)) progress.hasActed = true
        return answer
      }
      try {
        return await deliverBy({ call, places, log }, channels, delivery)
      } catch (error) {
        // "Try again" would be forgetful when something stands already, or when we were asked to look and could not.
        throw delivery.isInDoubt || progress.hasActed ? inDoubt(error) : error
      }
    },
  }
}

function deliverBy(mouth: Mouth, channels: Channels, delivery: Delivery<SlackEffect>): Promise<Delivered> {
  const { effect } = delivery
  switch (effect.kind) {
    case 'slack.say':
      return say(mouth, { ...delivery, effect })
    case 'slack.show':
      return show(mouth, { ...delivery, effect })
    case 'slack.channel':
      return channels.keep(mouth.call, { ...delivery, effect })
    case 'slack.group':
      return keepGroup(mouth, effect)
    case 'slack.react':
      return react(mouth, effect)
    case 'slack.file':
      return sendFile(mouth, { ...delivery, effect })
    case 'slack.home':
      return showHome(mouth.call, effect)
    case 'slack.tell':
      return tell(mouth, { ...delivery, effect })
    default:
      return unreachable(effect)
  }
}

/** A newer state of a named thing takes the older one's place in line. */
function lineNameOf({ id, effect }: Delivery<SlackEffect>): string {
  return 'name' in effect ? effect.name : id
}

function priorityOf(effect: SlackEffect): Priority {
  switch (effect.kind) {
    case 'slack.tell':
    case 'slack.home':
      return 'answer'
    case 'slack.channel':
    case 'slack.group':
      return 'state'
    case 'slack.react':
    case 'slack.file':
      return 'chatter'
    case 'slack.show':
      return effect.priority ?? 'state'
    case 'slack.say':
      return effect.priority ?? 'chatter'
    default:
      return unreachable(effect)
  }
}
