/** What Block Kit's controls stand on, and so what happens when one is used: a message, an open form, or App Home. */
import { nameOfControl, wordsOf } from './controls.js'

export function namesFor(world) {
  return {
    person: (id) => {
      const person = world.people.find((candidate) => candidate.id === id)
      return person && (person.realName || person.name)
    },
    channel: (id) => world.channels.find((channel) => channel.id === id),
    now: new Date(world.now),
  }
}

export function messageSurface(page, world, message) {
  const where = { channel: message.channelId, ts: message.ts }
  return surface(page, world, {
    id: `message-${message.ts}`,
    blocks: message.blocks,
    click: (label) => ({ do: 'click', ...where, label }),
    choose: (label, option) => ({ do: 'choose', ...where, label, option }),
  })
}

export function homeSurface(page, world, view) {
  return surface(page, world, {
    id: 'home',
    blocks: view.blocks,
    click: (label) => ({ do: 'clickInHome', label }),
    choose: (label, option) => ({ do: 'clickInHome', label, option }),
  })
}

/** `draft` holds what was entered so far, by block_id. */
export function formSurface(page, world, view, draft) {
  return surface(page, world, {
    id: view.id,
    blocks: view.blocks,
    // Slack sends what was typed so far along with the click.
    click: (label) => ({ do: 'clickInModal', label, values: entered(view, draft) }),
    choose: (label, option) => ({ do: 'clickInModal', label, option, values: entered(view, draft) }),
    draft,
    errors: view.errors,
  })
}

function surface(page, world, { id, blocks, click, choose, draft = null, errors = {} }) {
  const busyKey = (element, block) => `${id} ${block.block_id} ${element.action_id} ${element.value ?? ''}`
  const run = (act, element, block) => {
    const send = () => page.act(act, { busyKey: busyKey(element, block), words: wordsOf(element) })
    if (element.confirm) page.ask(element.confirm, send)
    else send()
  }
  return {
    id,
    page,
    names: namesFor(world),
    people: world.people.filter((person) => person.kind !== 'deactivated'),
    channels: world.channels,
    press: (element, block) => run(click(nameOfControl(element, block, blocks)), element, block),
    choose: (element, block, value) => run(choose(nameOfControl(element, block, blocks), value), element, block),
    isBusy: (element, block) => page.state.busy.has(busyKey(element, block)),
    error: (block) => errors[block.block_id] ?? null,
    field(block) {
      if (draft === null || block.type !== 'input') return null
      return { value: draft.get(block.block_id), set: (value) => draft.set(block.block_id, value) }
    },
  }
}

/** What a submission carries: only what was touched, the rest keeps what it began with. */
export function entered(view, draft) {
  const known = new Set(view.blocks.map((block) => block.block_id))
  return Object.fromEntries([...draft].filter(([blockId]) => known.has(blockId)))
}
