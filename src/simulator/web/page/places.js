/** Where in the workspace one is: kept in the address, so that going back goes back. */

/** @typedef {{ kind: 'channel', id: string, thread: string | null } | { kind: 'app', tab: 'home' | 'messages', thread: string | null }} Place */

/** @returns {Place | null} Null when the address names no place. */
export function placeIn(hash) {
  const [kind, name, thread, ts] = hash.replace(/^#\//, '').split('/')
  const threadTs = thread === 'thread' && ts ? ts : null
  if (kind === 'channel' && name) return { kind: 'channel', id: name, thread: threadTs }
  if (kind === 'app' && (name === 'home' || name === 'messages')) return { kind: 'app', tab: name, thread: threadTs }
  return null
}

/** @param {Place} place */
export function addressOf(place) {
  const path = place.kind === 'channel' ? `#/channel/${place.id}` : `#/app/${place.tab}`
  return place.thread ? `${path}/thread/${place.thread}` : path
}

export function placeToBegin(world) {
  const mine = world.channels.filter((channel) => channel.isMember && !channel.isArchived && channel.kind !== 'dm')
  const first = mine.find((channel) => channel.name === 'incidents') ?? mine[0]
  return first ? { kind: 'channel', id: first.id, thread: null } : { kind: 'app', tab: 'home', thread: null }
}

/** The channel whose messages are drawn at a place, if there is one. */
export function channelAt(place, world) {
  if (place.kind === 'channel') return world.channels.find((channel) => channel.id === place.id)
  if (place.tab === 'messages') return dmWithBot(world)
  return undefined
}

export function dmWithBot(world) {
  const bot = botOf(world)
  return world.channels.find((channel) => channel.kind === 'dm' && bot && channel.members.includes(bot.id))
}

export function botOf(world) {
  return world.people.find((person) => person.kind === 'bot')
}

export function channelTitle(channel, world) {
  if (channel.kind !== 'dm') return channel.name
  const others = channel.members.filter((id) => id !== world.me.id)
  return others.map((id) => personName(id, world)).join(', ') || 'you'
}

export function personName(id, world) {
  const person = world.people.find((candidate) => candidate.id === id)
  return person?.realName || person?.name || id
}
