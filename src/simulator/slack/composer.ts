/** What a person sends from the composer: a message, or a slash command. */
import type { Ack, Manifest, SlackPerson } from '../types.ts'
import { answerAddress, nothingAsked, placeOf, type Wires } from './interactions.ts'
import { readContent } from './message-content.ts'
import { Refusal } from './refusal.ts'
import { show } from './respond.ts'
import { isRecord } from './shape.ts'
import { addMessage, messageAt, type StoredChannel } from './state.ts'
import { escapeTyped } from './typed.ts'
import { workspace } from './wire.ts'

export interface Composed {
  channel: StoredChannel
  line: string
  threadTs: string | null
}

export async function postMessage(
  wires: Wires,
  person: SlackPerson,
  { channel, line, threadTs }: Composed,
): Promise<Ack> {
  const { state, events } = wires
  const first = threadTs === null ? undefined : messageAt(state, channel.id, threadTs)
  if (threadTs !== null && !first) throw new Error('the message to answer is gone')
  const text = escapeTyped(state, person, line, { withIds: true })
  const message = addMessage(state, {
    channelId: channel.id,
    user: person.id,
    text,
    threadTs: first ? (first.threadTs ?? first.ts) : null,
  })
  // Slack shows the message at once; whether the bot takes the event is between the two of them.
  void events.messagePosted(message)
  return nothingAsked
}

export async function sendCommand(
  wires: Wires,
  person: SlackPerson,
  manifest: Manifest,
  composed: Composed,
): Promise<Ack> {
  const { state, permits, deliveries } = wires
  const { channel, line } = composed
  const [, word = '', text = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? []
  const commands = manifest.features.slash_commands ?? []
  const known = commands.find((candidate) => candidate.command === word)
  if (!known)
    return refused(
      `${word} is not a valid command. There is: ${commands.map(({ command }) => command).join(', ') || 'none'}`,
    )
  if (composed.threadTs !== null) return refused(`${word} is not supported in threads. Sorry!`)
  const answer = { userId: person.id, channelId: channel.id, threadTs: null, messageTs: null }
  const payload = {
    token: 'legacy',
    team_id: state.world.teamId,
    team_domain: workspace.domain,
    channel_id: channel.id,
    channel_name: placeOf(state, channel.id).name,
    user_id: person.id,
    user_name: person.name,
    command: word,
    text: escapeTyped(state, person, text.trimEnd(), { withIds: known.should_escape === true }),
    api_app_id: state.world.appId,
    is_enterprise_install: 'false',
    response_url: answerAddress(wires, answer),
    trigger_id: permits.giveTrigger(person.id),
  }
  const ack = await deliveries.deliver({ kind: 'command', what: word, payload })
  return ack.outcome === 'ok' ? showAnswer(wires, answer, ack) : ack
}

function refused(sentence: string): Ack {
  return { ...nothingAsked, outcome: 'failed', body: sentence }
}

/** A command may be answered in the acknowledgement itself. */
function showAnswer({ state, events }: Wires, answer: Parameters<typeof show>[2], ack: Ack): Ack {
  const given = typeof ack.body === 'string' ? { text: ack.body } : ack.body
  if (!isRecord(given) || (!given.text && !given.blocks)) return ack
  try {
    show(state, events, answer, { ...readContent(given, 'post'), isForAll: given.response_type === 'in_channel' })
    return ack
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return {
      ...ack,
      outcome: 'failed',
      body: { error: 'invalid_command_response', because: error.code, ...error.more },
    }
  }
}
