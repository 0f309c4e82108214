/** What a person does on the page, done with the simulator's hands. */
import { z } from 'zod'
import { unreachable } from '../../lib/unreachable.ts'
import type { Ack, PersonHands, Simulator, SlackMessage } from '../types.ts'
import { unknownPerson, visibleMessage, whois } from './state.ts'

const words = z.string().min(1).max(300)
const place = { channel: z.string(), ts: z.string() }

export const Act = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('type'),
    channel: z.string(),
    line: z.string().min(1).max(40_000),
    thread: z.string().optional(),
  }),
  z.object({ do: z.literal('click'), ...place, label: words }),
  z.object({ do: z.literal('choose'), ...place, label: words, option: z.string() }),
  z.object({ do: z.literal('submit'), values: z.record(z.string(), z.union([z.string(), z.array(z.string())])) }),
  z.object({
    do: z.literal('clickInModal'),
    label: words,
    option: z.string().optional(),
    values: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  }),
  z.object({ do: z.literal('closeModal') }),
  z.object({ do: z.literal('openHome') }),
  z.object({ do: z.literal('clickInHome'), label: words, option: z.string().optional() }),
  z.object({ do: z.literal('shortcut'), name: words, channel: z.string().optional(), ts: z.string().optional() }),
  z.object({ do: z.literal('react'), ...place, emoji: words }),
  z.object({ do: z.literal('unreact'), ...place, emoji: words }),
  z.object({ do: z.literal('edit'), ...place, text: z.string().min(1).max(4_000) }),
  z.object({ do: z.literal('delete'), ...place }),
  z.object({ do: z.literal('join'), channel: z.string() }),
  z.object({ do: z.literal('leave'), channel: z.string() }),
])
export type Act = z.infer<typeof Act>

export const Acted = z.intersection(z.object({ as: z.string() }), Act)
export type Acted = z.infer<typeof Acted>

export type ActOutcome = { ack: Ack | null } | { refused: string }

export async function act(simulator: Simulator, acted: Acted): Promise<ActOutcome> {
  const { slack } = simulator
  const me = whois(slack.people(), acted.as)
  if (!me || me.kind === 'bot' || me.kind === 'deactivated') return { refused: unknownPerson(slack.people(), acted.as) }

  const message = pointedAt(acted) ? visibleMessage(simulator, me, acted.channel, acted.ts) : null
  if (message === undefined) return { refused: 'That message is gone, or you cannot see it.' }
  try {
    return { ack: await doIt(slack.person(me.id), acted, message) }
  } catch (error) {
    // The hands throw when something cannot be done (no such button, nothing is open), and say what could.
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}

function pointedAt(acted: Acted): acted is Acted & { channel: string; ts: string } {
  return 'channel' in acted && 'ts' in acted && acted.channel !== undefined && acted.ts !== undefined
}

async function doIt(hands: PersonHands, acted: Acted, message: SlackMessage | null): Promise<Ack | null> {
  switch (acted.do) {
    case 'type':
      return hands.type(acted.channel, acted.line, acted.thread)
    case 'click':
      return message && hands.click(message, acted.label)
    case 'choose':
      return message && hands.choose(message, acted.label, acted.option)
    case 'submit':
      return hands.submit(acted.values)
    case 'clickInModal':
      return hands.clickInModal(acted.label, acted.option, acted.values)
    case 'closeModal':
      return hands.closeModal()
    case 'openHome':
      await hands.openHome()
      return null
    case 'clickInHome':
      return hands.clickInHome(acted.label, acted.option)
    case 'shortcut':
      return hands.shortcut(acted.name, message ?? undefined)
    case 'react':
      if (message) await hands.react(message, acted.emoji)
      return null
    case 'unreact':
      if (message) await hands.unreact(message, acted.emoji)
      return null
    case 'edit':
      if (message) await hands.edit(message, acted.text)
      return null
    case 'delete':
      if (message) await hands.delete(message)
      return null
    case 'join':
      await hands.join(acted.channel)
      return null
    case 'leave':
      await hands.leave(acted.channel)
      return null
    default:
      return unreachable(acted)
  }
}
