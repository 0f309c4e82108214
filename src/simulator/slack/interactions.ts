/** What Slack sends when somebody presses, chooses or picks something from a menu. */
import type { Ack, SlackBlock, SlackMessage, SlackPerson } from '../types.ts'
import type { Deliveries } from './deliveries.ts'
import type { Events } from './events.ts'
import type { FoundControl } from './options.ts'
import type { Answer, Permits } from './permits.ts'
import { channelOf, type State, type StoredView } from './state.ts'
import { enteredValue, enterValue, holdsValue, valuesIn } from './view-state.ts'
import { teamIdOf, wireMessage, wireView, workspace } from './wire.ts'

export interface Wires {
  state: State
  permits: Permits
  events: Events
  deliveries: Deliveries
  baseUrl(): string
}

/** When Slack needs nothing of the bot. */
export const nothingAsked: Ack = { outcome: 'ok', status: null, milliseconds: 0, body: null }

export function interact(
  { state, permits, deliveries }: Wires,
  person: SlackPerson,
  what: string,
  payload: Record<string, unknown>,
): Promise<Ack> {
  const common = {
    token: 'legacy',
    api_app_id: state.world.appId,
    team: { id: state.world.teamId, domain: workspace.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: teamIdOf(state, person) },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: permits.giveTrigger(person.id),
  }
  return deliveries.deliver({ kind: 'interaction', what, payload: { ...common, ...payload } })
}

export function answerAddress({ permits, baseUrl }: Wires, answer: Answer): string {
  return `${baseUrl()}${permits.giveAnswer(answer)}`
}

export function actOnMessage(
  wires: Wires,
  person: SlackPerson,
  message: SlackMessage,
  control: FoundControl,
  option?: string,
): Promise<Ack> {
  const { state } = wires
  const { ts, channelId, threadTs, onlyFor } = message
  const isEphemeral = onlyFor !== null
  const action = actionOf(state, control, option)
  const values = valuesIn(message.blocks)
  if (option !== undefined) {
    const { block, element } = control
    values[block.block_id] = {
      ...values[block.block_id],
      [element.action_id]: enteredValue(element, picked(element, option)),
    }
  }
  return interact(wires, person, control.element.action_id, {
    type: 'block_actions',
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channelId,
      is_ephemeral: isEphemeral,
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
    },
    channel: placeOf(state, channelId),
    // Slack keeps no copy of ephemeral messages, so it cannot send one.
    ...(isEphemeral ? {} : { message: wireMessage(state, message) }),
    state: { values },
    response_url: answerAddress(wires, { userId: person.id, channelId, threadTs, messageTs: ts }),
    actions: [action],
  })
}

/** In forms and App Home. An input tells the bot at once only where it was asked to. */
export async function actInView(
  wires: Wires,
  person: SlackPerson,
  view: StoredView,
  control: FoundControl,
  option?: string,
): Promise<Ack> {
  const { state } = wires
  const { element, block } = control
  if (option !== undefined && element.type !== 'overflow')
    enterValue(view, block.block_id, element, picked(element, option))
  state.changed()
  if (block.type === 'input' && block.dispatch_action !== true) return nothingAsked
  return interact(wires, person, element.action_id, {
    type: 'block_actions',
    container: { type: 'view', view_id: view.id },
    view: wireView(state, view),
    actions: [actionOf(state, control, option)],
  })
}

export function shortcutOnMessage(
  wires: Wires,
  person: SlackPerson,
  shortcut: { name: string; callback_id: string },
  message: SlackMessage,
): Promise<Ack> {
  const { state } = wires
  const { ts, channelId, threadTs } = message
  return interact(wires, person, shortcut.name, {
    type: 'message_action',
    callback_id: shortcut.callback_id,
    action_ts: state.newTs(),
    channel: placeOf(state, channelId),
    message: wireMessage(state, message),
    message_ts: ts,
    response_url: answerAddress(wires, { userId: person.id, channelId, threadTs, messageTs: ts }),
  })
}

export function placeOf(state: State, channelId: string): { id: string; name: string } {
  const channel = channelOf(state, channelId)
  const names = { public: channel?.name ?? '', private: 'privategroup', dm: 'directmessage' }
  return { id: channelId, name: names[channel?.kind ?? 'public'] }
}

function actionOf(state: State, { element, block }: FoundControl, option: string | undefined): Record<string, unknown> {
  const common = {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: state.newTs(),
  }
  if (!holdsValue(element)) return { ...common, text: element.text, value: element.value }
  if (option === undefined)
    throw new Error(`«${element.placeholder?.text ?? element.action_id}» is a menu: say which option to choose`)
  return { ...common, ...enteredValue(element, picked(element, option)) }
}

/** Where several may be chosen they may be given with commas between them. */
function picked(element: SlackBlock, option: string): string | readonly string[] {
  const takesSeveral = element.type === 'checkboxes' || element.type.startsWith('multi_')
  return takesSeveral ? option.split(',') : option
}
