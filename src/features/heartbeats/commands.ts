/** What people ask of heartbeats; a verb of `/alert`, because that is where their silence shows. */
import { z } from 'zod'
import { command } from '../../core/commands.ts'
import { aggregate } from './aggregate.ts'
import { listKnown } from './store.ts'
import { listMessage } from './views.ts'

export const commands = [
  command({
    path: 'alert heartbeats',
    aliases: ['beats'],
    summary: 'Show which signs of life are expected, and when each was heard last.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/alert heartbeats'],
    async run(call) {
      const { names, spansOf } = call.policy(aggregate)
      const configured = names.flatMap((name) => {
        const spans = spansOf(name)
        return spans ? [{ name, ...spans }] : []
      })
      return { tell: listMessage(configured, await listKnown(call.db)) }
    },
  }),
]
