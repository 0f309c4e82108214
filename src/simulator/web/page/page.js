/**
 * The page's state and what can be done to it. Everything that draws gets this page and the world as the server last
 * told it, and gives back descriptions; nothing else touches the document.
 */
import { draw, h } from './dom.js'
import { stepDoneBy } from './first-steps.js'
import { createMemory } from './memory.js'
import { toEnd } from './messages.js'
import { addressOf, channelAt, placeIn, placeToBegin } from './places.js'
import { fetchState, sendAct, sendHappening } from './remote.js'
import { shell } from './shell.js'

const messagesAtFirst = 100
const toastMilliseconds = 7_000
const nothingUnread = { messages: 0, mentions: 0 }

export function createPage(root) {
  const memory = createMemory()
  /** What was entered in forms, by view and block; and what stands in each box to write in. */
  const drafts = new Map()
  const composers = new Map()
  const state = {
    world: null,
    place: placeIn(location.hash),
    person: memory.person(),
    limit: messagesAtFirst,
    openMenu: null,
    /** The time stamp of the message that is being edited. */
    editing: null,
    asked: null,
    busy: new Set(),
    toasts: [],
    toastCount: 0,
    panelResult: '',
    source: null,
    phoneTab: 'pages',
    showing: 'chat',
    isDrawerOpen: false,
    isScrolledUp: false,
    isOffline: false,
    isDrawing: false,
    firstSteps: memory.firstSteps(),
    // How far the server's clock is from this browser's.
    clockAhead: 0,
  }
  const loading = { isUnderWay: false, isWantedAgain: false }

  function redraw() {
    if (state.isDrawing || !state.world) return
    state.isDrawing = true
    queueMicrotask(() => {
      state.isDrawing = false
      drawNow()
    })
  }

  function drawNow() {
    const lists = [...document.querySelectorAll('.log')].filter(isAtEnd)
    draw(root, [shell(page, state.world)])
    for (const list of lists) toEnd(list)
    document.title = title()
  }

  function title() {
    const unread = state.world.channels.reduce((sum, channel) => sum + page.unread(channel).messages, 0)
    const channel = channelAt(state.place, state.world)
    const where = channel && channel.kind !== 'dm' ? `#${channel.name}` : 'Tocsin'
    return `${unread > 0 ? `(${unread}) ` : ''}${where} · Tocsin try page`
  }

  /** Only one question at a time; what changes meanwhile is asked for right after. */
  async function refresh() {
    loading.isWantedAgain = true
    if (loading.isUnderWay) return
    loading.isUnderWay = true
    while (loading.isWantedAgain) {
      loading.isWantedAgain = false
      const answer = await fetchState(query())
      if (answer.error) handleTrouble(answer.error)
      else take(answer)
    }
    loading.isUnderWay = false
  }

  function query() {
    const asked = { limit: String(state.limit) }
    if (state.person) asked.as = state.person
    const channel = state.place && (state.world ? channelAt(state.place, state.world)?.id : state.place.id)
    if (channel) asked.channel = channel
    if (state.place?.thread) asked.thread = state.place.thread
    return asked
  }

  function take(world) {
    state.isOffline = false
    state.clockAhead = new Date(world.now).getTime() - Date.now()
    // The answer to a question from before the person was changed.
    if (state.person !== null && world.me.id !== state.person) {
      loading.isWantedAgain = true
      return
    }
    state.person = world.me.id
    state.world = world
    if (state.place === null) {
      state.place = placeToBegin(world)
      history.replaceState(null, '', addressOf(state.place))
    }
    const channel = channelAt(state.place, world)
    if (channel && world.open?.id !== channel.id) loading.isWantedAgain = true
    else if (channel && !document.hidden) memory.markRead(world.me.id, channel)
    redraw()
  }

  function handleTrouble(error) {
    // A person of yesterday's workspace: begin as somebody who is there.
    if (state.person !== null && error.startsWith('There is no person')) {
      state.person = null
      loading.isWantedAgain = true
      return
    }
    state.isOffline = true
    if (!state.world) draw(root, [h('p', { class: 'loading' }, error)])
    redraw()
  }

  function go(place) {
    if (location.hash !== addressOf(place)) location.hash = addressOf(place)
    else arrive(place)
  }

  async function arrive(place) {
    const isElsewhere =
      !state.place || addressOf({ ...state.place, thread: null }) !== addressOf({ ...place, thread: null })
    state.place = place
    Object.assign(state, { isDrawerOpen: false, showing: 'chat', openMenu: null })
    if (isElsewhere) Object.assign(state, { limit: messagesAtFirst, isScrolledUp: false })
    if (isElsewhere && place.kind === 'app' && place.tab === 'home' && state.person) page.act({ do: 'openHome' })
    redraw()
    await refresh()
    if (isElsewhere) focusPlace()
  }

  /** Where one goes on: the box, or the title where a keyboard would cover half of the screen. */
  function focusPlace() {
    drawNow()
    const isWide = matchMedia('(min-width: 800px)').matches
    document.querySelector(isWide ? 'main #composer' : '#place')?.focus()
  }

  function toast(words) {
    const id = state.toastCount
    state.toastCount += 1
    state.toasts.push({ id, words })
    redraw()
    setTimeout(() => {
      state.toasts = state.toasts.filter((one) => one.id !== id)
      redraw()
    }, toastMilliseconds)
  }

  async function whileBusy(key, work) {
    if (key) state.busy.add(key)
    redraw()
    const result = await work()
    if (key) state.busy.delete(key)
    if (result.error) toast(result.error)
    await refresh()
    redraw()
    return result
  }

  const page = {
    state,
    refresh,
    redraw,
    unread: (channel) => (channel.isMember ? memory.unread(state.world.me.id, channel) : nothingUnread),
    worldNow: () => new Date(Date.now() + state.clockAhead),
    draftOf: (viewId) => entryOf(drafts, viewId, () => new Map()),
    composerOf: (key) => entryOf(composers, key, () => ({ text: '', caret: 0, chosen: 0, isListOpen: false })),

    /** What a person does in Slack. Says whether it was taken. */
    async act(act, { busyKey = null, words = '' } = {}) {
      const { error, ack } = await whileBusy(busyKey, () => sendAct({ as: state.person, ...act }))
      const trouble = troubleOf(ack)
      if (trouble) toast(trouble)
      const isTaken = !error && !trouble
      if (isTaken) page.tick(stepDoneBy(act, words))
      return isTaken
    },

    async say({ channel, line, thread }, refused) {
      const isTaken = await page.act({ do: 'type', channel, line, ...(thread ? { thread } : {}) })
      if (!isTaken) refused()
    },

    /** What happens around Slack. `tell` makes the sentence for the panel. */
    async happen(happening, tell = () => '') {
      const result = await whileBusy('world', () => sendHappening(happening))
      state.panelResult = result.error ?? tell(result)
      if (!result.error) page.tick(stepDoneBy(happening, ''))
      redraw()
    },

    be(personId) {
      state.person = personId
      memory.keepPerson(personId)
      if (state.place?.kind === 'app' && state.place.tab === 'home') page.act({ do: 'openHome' })
      refresh()
    },

    openThread(ts) {
      go({ ...state.place, thread: ts })
    },

    showEarlier() {
      state.limit += messagesAtFirst * 2
      refresh()
    },

    scrolled(event) {
      const isScrolledUp = !isAtEnd(event.currentTarget)
      if (isScrolledUp !== state.isScrolledUp) page.show({ isScrolledUp })
    },

    show(change) {
      Object.assign(state, change)
      redraw()
    },

    openMenu(id) {
      page.show({ openMenu: id })
    },

    ask(confirm, go) {
      page.show({ asked: confirm && { confirm, go } })
    },

    async fill(line) {
      if (!document.querySelector('#composer')) go(placeToBegin(state.world))
      page.show({ showing: 'chat' })
      await refresh()
      const box = document.querySelector('#composer')
      if (!box) return
      box.value = line
      box.focus()
      box.dispatchEvent(new Event('input'))
    },

    tick(step) {
      if (step === null || state.firstSteps.includes(step)) return
      state.firstSteps = [...state.firstSteps, step]
      memory.keepFirstSteps(state.firstSteps)
      redraw()
    },

    lost() {
      page.show({ isOffline: true })
    },

    followAddress() {
      const place = placeIn(location.hash)
      if (place) arrive(place)
    },
  }
  return page
}

function entryOf(map, key, make) {
  if (!map.has(key)) map.set(key, make())
  return map.get(key)
}

function troubleOf(ack) {
  // A form with errors shows them at its fields.
  if (!ack || ack.outcome === 'ok' || ack.body?.errors) return null
  if (ack.outcome === 'late') return 'The bot did not answer within 3 seconds. Slack would say: operation timed out.'
  // Slack itself said no, and the bot never heard of it.
  if (ack.status === null && typeof ack.body === 'string' && ack.body !== '') return ack.body
  return `The bot did not take it${ack.status ? ` (it answered ${ack.status})` : ''}. Slack would say: dispatch failed.`
}

function isAtEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 40
}
