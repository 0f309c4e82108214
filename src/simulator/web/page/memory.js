/**
 * What the browser remembers between visits: how far each person has read, and how far the first steps got. Who one
 * is, is remembered for the tab only, so that two tabs can be two people.
 */

export function createMemory() {
  const seen = read(localStorage, 'tocsin-seen', {})
  return {
    person: () => read(sessionStorage, 'tocsin-person', null),
    keepPerson: (id) => write(sessionStorage, 'tocsin-person', id),
    firstSteps: () => read(localStorage, 'tocsin-first-steps', []),
    keepFirstSteps: (steps) => write(localStorage, 'tocsin-first-steps', steps),
    /** How many messages of the channel this person has not seen, and how many of those name them. */
    unread(person, channel) {
      const [messages, mentions] = seen[`${person} ${channel.id}`] ?? [0, 0]
      // More seen than there are: the world was begun anew since.
      if (messages > channel.messages) return { messages: 0, mentions: 0 }
      return { messages: channel.messages - messages, mentions: Math.max(0, channel.mentions - mentions) }
    },
    markRead(person, channel) {
      const key = `${person} ${channel.id}`
      const now = [channel.messages, channel.mentions]
      if (String(seen[key]) === String(now)) return
      seen[key] = now
      write(localStorage, 'tocsin-seen', seen)
    },
  }
}

// Private windows may refuse storage; the page then works, and forgets.
function read(storage, key, otherwise) {
  try {
    return JSON.parse(storage.getItem(key)) ?? otherwise
  } catch {
    return otherwise
  }
}

function write(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value))
  } catch {}
}
