/** reactions.*: the bot's own. Those of people are in person.ts. */
import { addReaction, removeReaction } from '../reaction.ts'
import { refuse } from '../refusal.ts'
import { wireMessage } from '../wire.ts'
import { type ApiContext, type ApiMethods, messageIn, ownChannel, textArg } from './call.ts'

export const reactions: ApiMethods = {
  'reactions.add': (context) => {
    const message = reactable(context)
    const { state, events } = context
    const name = emojiName(context)
    addReaction(state, message, state.world.botUserId, name)
    void events.reacted('reaction_added', message, state.world.botUserId, name)
    return {}
  },

  'reactions.remove': (context) => {
    const message = reactable(context)
    const { state, events } = context
    const name = emojiName(context)
    removeReaction(state, message, state.world.botUserId, name)
    void events.reacted('reaction_removed', message, state.world.botUserId, name)
    return {}
  },

  'reactions.get': (context) => {
    const message = reactable(context)
    return { type: 'message', channel: message.channelId, message: wireMessage(context.state, message) }
  },
}

function reactable(context: ApiContext) {
  const ts = textArg(context, 'timestamp') || refuse('no_item_specified')
  return messageIn(context, ownChannel(context), ts)
}

function emojiName(context: ApiContext): string {
  const name = textArg(context, 'name')
  return /^[\p{L}\p{N}_+'-]+(::skin-tone-[2-6])?$/u.test(name) ? name : refuse('invalid_name')
}
