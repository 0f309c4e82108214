/** What one person can do with their hands: type, click, choose, fill in forms. */
import { randomUUID } from 'node:crypto'
import type { Ack, PersonHands, SlackBlock, SlackMessage, SlackPerson, SlackView } from '../types.ts'
import type { Deliveries } from './deliveries.ts'
import { addMessage, channelOf, messageAt, type State, type StoredChannel, type StoredView } from './state.ts'
import { enteredValue, fillValues, missingInputs } from './view-state.ts'
import { wireMessage } from './web-api/chat.ts'
import { checkView, type GivenView, newView, replaceView, wireView } from './web-api/views.ts'

export interface HandsOptions {
  state: State
  deliveries: Deliveries
  baseUrl(): string
  commands: readonly { command: string; should_escape?: boolean }[]
  shortcuts: readonly { name: string; type: string; callback_id: string }[]
  emit(type: string, event: Record<string, unknown>): void
}

const triggerMilliseconds = 3_000
const responseMilliseconds = 30 * 60_000
const responseUses = 5
const none: Ack = { outcome: 'ok', status: null, milliseconds: 0, body: null }

export function handsOf(person: SlackPerson, options: HandsOptions): PersonHands {
  const { state, deliveries, emit } = options
  const { world } = state

  function trigger(): string {
    const id = `${Date.now()}.${randomUUID().slice(0, 8)}`
    state.triggers.set(id, { userId: person.id, expiresAt: state.clock.now().getTime() + triggerMilliseconds, isUsed: false })
    return id
  }
  function responseUrl(channelId: string, messageTs: string | null): string {
    const path = `/respond/${randomUUID()}`
    const expiresAt = state.clock.now().getTime() + responseMilliseconds
    state.responseUrls.set(path, { userId: person.id, channelId, expiresAt, usesLeft: responseUses, messageTs })
    return `${options.baseUrl()}${path}`
  }
  const who = () => ({ id: person.id, username: person.name, name: person.name, team_id: person.kind === 'stranger' ? 'T0ELSEWHER' : world.teamId })
  const team = () => ({ id: world.teamId, domain: 'tocsin-try' })
  const interaction = (what: string, payload: Record<string, unknown>) =>
    deliveries.deliver({ kind: 'interaction', what, payload: { token: 'legacy', api_app_id: world.appId, team: team(), user: who(), trigger_id: trigger(), ...payload } })

  function place(channelId: string): StoredChannel {
    const channel = channelOf(state, channelId)
    if (!channel) throw new Error(`there is no channel ${channelId}`)
    return channel
  }

  async function command(channel: StoredChannel, line: string): Promise<Ack> {
    const [word = '', text = ''] = [line.split(/\s/, 1)[0], line.replace(/^\S+\s*/, '')]
    const known = options.commands.find((candidate) => candidate.command === word)
    if (!known) return { outcome: 'failed', status: null, milliseconds: 0, body: `${word} is not a valid command.` }
    const payload = {
      token: 'legacy',
      team_id: world.teamId,
      team_domain: 'tocsin-try',
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: person.id,
      user_name: person.name,
      command: word,
      text: known.should_escape ? escaped(state, text) : text,
      api_app_id: world.appId,
      is_enterprise_install: 'false',
      response_url: responseUrl(channel.id, null),
      trigger_id: trigger(),
    }
    const ack = await deliveries.deliver({ kind: 'command', what: word, payload })
    showInAck(state, person, channel.id, ack)
    return ack
  }

  function say(channel: StoredChannel, text: string, threadTs: string | null): Ack {
    if (!channel.members.includes(person.id)) throw new Error(`${person.name} is not in #${channel.name}`)
    if (channel.isArchived) throw new Error(`#${channel.name} is archived`)
    const message = addMessage(state, { channelId: channel.id, user: person.id, text: escaped(state, text), threadTs })
    const event = { ...wireMessage(state, message), channel: channel.id, channel_type: channel.kind === 'private' ? 'group' : 'channel' }
    emit(channel.kind === 'dm' ? 'message.im' : channel.kind === 'private' ? 'message.groups' : 'message.channels', { ...event, type: 'message' })
    if (message.text.includes(`<@${world.botUserId}`)) emit('app_mention', { ...event, type: 'app_mention' })
    return none
  }

  function act(message: SlackMessage, found: FoundElement, chosen: Record<string, unknown>): Promise<Ack> {
    const { element, blockId } = found
    return interaction(String(element.action_id), {
      type: 'block_actions',
      container: { type: 'message', message_ts: message.ts, channel_id: message.channelId, is_ephemeral: message.onlyFor !== null },
      channel: { id: message.channelId, name: place(message.channelId).name },
      message: wireMessage(state, message),
      state: { values: {} },
      response_url: responseUrl(message.channelId, message.ts),
      actions: [{ action_id: element.action_id, block_id: blockId, type: element.type, action_ts: state.newTs(), ...chosen }],
    })
  }

  function top(): StoredView {
    const view = state.modals.get(person.id)?.at(-1)
    if (!view) throw new Error(`${person.name} has no form open`)
    return view
  }

  async function submit(entered: Readonly<Record<string, string | readonly string[]>>): Promise<Ack> {
    const view = top()
    fillValues(view, entered)
    view.errors = missingInputs(view)
    state.changed()
    if (Object.keys(view.errors).length > 0) return { ...none, outcome: 'failed', body: { errors: view.errors } }
    const ack = await interaction(view.callbackId, { type: 'view_submission', view: wireView(state, view), response_urls: [] })
    if (ack.outcome === 'ok') afterSubmit(state, person.id, view, ack.body)
    return ack
  }

  function actInView(view: StoredView, label: string, chosen?: string): Promise<Ack> {
    const found = findElement(view.blocks, label, `in «${view.title}»`)
    const value = chosen === undefined ? { value: found.element.value } : chosenPart(found.element, chosen)
    return interaction(String(found.element.action_id), {
      type: 'block_actions',
      container: { type: 'view', view_id: view.id },
      view: wireView(state, view),
      actions: [{ action_id: found.element.action_id, block_id: found.blockId, type: found.element.type, action_ts: state.newTs(), ...value }],
    })
  }

  const home = () => world.homes[person.id] ?? null

  return {
    id: person.id,
    person,
    async type(channelId, line, threadTs) {
      const channel = place(channelId)
      return line.startsWith('/') ? command(channel, line) : say(channel, line, threadTs ?? null)
    },
    click(message, label) {
      const found = findElement(message.blocks, label, 'on that message')
      return act(message, found, { value: found.element.value, text: found.element.text })
    },
    choose(message, label, option) {
      const found = findElement(message.blocks, label, 'on that message')
      return act(message, found, chosenPart(found.element, option))
    },
    modal: () => shown(state.modals.get(person.id)?.at(-1)),
    submit,
    clickInModal: (label, option) => actInView(top(), label, option),
    async closeModal() {
      const view = top()
      state.modals.set(person.id, state.modals.get(person.id)?.slice(0, -1) ?? [])
      state.changed()
      return view.notifyOnClose ? interaction(view.callbackId, { type: 'view_closed', view: wireView(state, view), is_cleared: false }) : none
    },
    async openHome() {
      emit('app_home_opened', { type: 'app_home_opened', user: person.id, channel: '', tab: 'home' })
      return shown(home() ?? undefined)
    },
    home: () => shown(home() ?? undefined),
    clickInHome(label) {
      const view = home()
      if (!view) throw new Error(`${person.name} sees no App Home`)
      return actInView(view, label)
    },
    shortcut(name, message) {
      const found = options.shortcuts.find((candidate) => candidate.name === name)
      if (!found) throw new Error(`there is no shortcut «${name}»; there are ${options.shortcuts.map((candidate) => candidate.name).join(', ')}`)
      if (found.type === 'global' || !message) return interaction(name, { type: 'shortcut', callback_id: found.callback_id })
      return interaction(name, {
        type: 'message_action',
        callback_id: found.callback_id,
        channel: { id: message.channelId, name: place(message.channelId).name },
        message: wireMessage(state, message),
        message_ts: message.ts,
        response_url: responseUrl(message.channelId, message.ts),
      })
    },
    async react(message, emoji) {
      const stored = messageAt(state, message.channelId, message.ts)
      const reaction = stored?.reactions.find((candidate) => candidate.name === emoji)
      if (!stored || reaction?.users.includes(person.id)) return
      if (reaction) reaction.users.push(person.id)
      else stored.reactions.push({ name: emoji, users: [person.id] })
      state.changed()
      emit('reaction_added', reactionEvent('reaction_added', stored, emoji))
    },
    async unreact(message, emoji) {
      const stored = messageAt(state, message.channelId, message.ts)
      if (!stored) return
      for (const reaction of stored.reactions) if (reaction.name === emoji) reaction.users = reaction.users.filter((user) => user !== person.id)
      stored.reactions = stored.reactions.filter((reaction) => reaction.users.length > 0)
      state.changed()
      emit('reaction_removed', reactionEvent('reaction_removed', stored, emoji))
    },
    async join(channelId) {
      const channel = place(channelId)
      if (channel.members.includes(person.id)) return
      channel.members.push(person.id)
      state.changed()
      emit('member_joined_channel', { type: 'member_joined_channel', user: person.id, channel: channel.id, team: world.teamId })
    },
    async leave(channelId) {
      const channel = place(channelId)
      channel.members = channel.members.filter((member) => member !== person.id)
      state.changed()
      emit('member_left_channel', { type: 'member_left_channel', user: person.id, channel: channel.id, team: world.teamId })
    },
  }

  function reactionEvent(type: string, message: SlackMessage, reaction: string) {
    return { type, user: person.id, reaction, item_user: message.user, item: { type: 'message', channel: message.channelId, ts: message.ts } }
  }
}

interface FoundElement {
  element: SlackBlock
  blockId: string
}

/** By the visible words, the placeholder, or the action's id. */
function findElement(blocks: readonly SlackBlock[], label: string, where: string): FoundElement {
  const all = blocks.flatMap((block, index) => {
    const elements: SlackBlock[] = [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])]
    return elements.filter((element) => element.action_id).map((element) => ({ element, blockId: String(block.block_id ?? `b${index}`) }))
  })
  const words = ({ element }: FoundElement) => [element.text?.text, element.placeholder?.text]
  // Several buttons may carry the same words: then what tells them apart names one.
  const marks = ({ element, blockId }: FoundElement) => [element.action_id, element.value, `${blockId} ${element.action_id}`]
  const found = all.find((one) => words(one).includes(label)) ?? all.find((one) => marks(one).includes(label))
  if (!found) throw new Error(`there is no «${label}» ${where}; there is ${all.map((one) => words(one).find(Boolean)).join(', ') || 'nothing to press'}`)
  return found
}

function chosenPart(element: SlackBlock, option: string): Record<string, unknown> {
  const { type: _type, ...chosen } = enteredValue(element.type === 'overflow' ? { ...element, type: 'static_select' } : element, option)
  return chosen
}

function shown(view: StoredView | undefined): SlackView | null {
  return view ? { ...view, errors: { ...view.errors } } : null
}

/** What the bot's answer to a submission does to the open forms. */
function afterSubmit(state: State, userId: string, view: StoredView, body: unknown): void {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as { response_action?: string; errors?: Record<string, string>; view?: GivenView }
  const stack = state.modals.get(userId) ?? []
  if (answer.response_action === 'errors') view.errors = answer.errors ?? {}
  else if (answer.response_action === 'clear') state.modals.delete(userId)
  else if (answer.response_action === 'update' && answer.view) {
    checkView(answer.view)
    replaceView(state, view, answer.view)
  } else if (answer.response_action === 'push' && answer.view) {
    checkView(answer.view)
    state.modals.set(userId, [...stack, newView(state, userId, answer.view)])
  } else state.modals.set(userId, stack.filter((candidate) => candidate.id !== view.id))
  state.changed()
}

/** A command may be answered in the acknowledgement itself. */
function showInAck(state: State, person: SlackPerson, channelId: string, ack: Ack): void {
  const said = typeof ack.body === 'string' ? { text: ack.body } : (ack.body as { text?: string; blocks?: SlackBlock[]; response_type?: string } | null)
  if (ack.outcome !== 'ok' || !said?.text) return
  const onlyFor = said.response_type === 'in_channel' ? null : person.id
  addMessage(state, { channelId, user: state.world.botUserId, text: said.text, blocks: said.blocks ?? [], onlyFor })
}

/** As Slack sends what was typed: three characters escaped, @names and #channels as ids. */
function escaped(state: State, text: string): string {
  const safe = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return safe
    .replace(/(?<=^|\s)@([\w.-]+)/g, (whole, name: string) => {
      const person = state.world.people.find((candidate) => candidate.name === name.replace(/[.-]$/, ''))
      return person ? `<@${person.id}|${person.name}>` : whole
    })
    .replace(/(?<=^|\s)#([\w-]*[a-z_-][\w-]*)/g, (whole, name: string) => {
      const channel = state.world.channels.find((candidate) => candidate.name === name)
      return channel ? `<#${channel.id}|${channel.name}>` : whole
    })
}
