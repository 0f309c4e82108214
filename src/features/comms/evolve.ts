/** What an event makes of a story. Nothing is decided here. */
import { unreachable } from '../../lib/unreachable.ts'
import { momentOf } from './moments.ts'
import type { Event, Post, Story } from './story.ts'

export function evolve(story: Story | null, event: Event): Story {
  if (event.type === 'comms.followed') {
    const { id, publicId, about, dueAt } = event
    const before = story ?? { ...untold, id, publicId, kind: 'incident' as const, owner: null }
    return { ...before, about, dueAt, overdueCount: before.dueAt === dueAt ? before.overdueCount : 0 }
  }
  if (event.type === 'comms.begun') {
    const { id, publicId, kind, by } = event
    return { ...untold, id, publicId, kind, about: null, owner: by }
  }
  if (!story) throw new Error(`${event.type} before its story began`)

  switch (event.type) {
    case 'comms.drafted': {
      const { moment, facts, hash, at } = event
      return withPost(story, { ...blank(event.post), moment, facts, hash, phase: phaseOf(moment), authoredAt: at })
    }
    case 'comms.declassified':
      return story
    case 'comms.written': {
      const { moment, facts, hash, corrects, reach, by, at } = event
      const text = { moment, facts, hash, corrects, reach, phase: phaseOf(moment), author: by, authoredAt: at }
      return withPost(story, { ...blank(event.post), ...text, state: 'in-review' })
    }
    case 'comms.changesAsked':
      return changed(story, event.post, { remark: event.remark, state: 'in-review', approvedBy: null })
    case 'comms.discarded':
      return changed(story, event.post, { state: 'discarded' })
    case 'comms.approved':
      return changed(story, event.post, {
        state: 'approved',
        approvedBy: event.by,
        isSolo: event.isSolo,
        remark: '',
      })
    case 'comms.published': {
      const { phase, words, at, dueAt } = event
      const told = changed(story, event.post, { state: 'published', phase, words, publishedAt: at })
      return { ...told, dueAt, overdueCount: 0, askedCount: 0 }
    }
    case 'comms.corrected':
      return changed(story, event.post, { correctedBy: event.with })
    case 'comms.overdue':
      return { ...story, overdueCount: event.time, called: event.called ?? null }
    case 'comms.holdBegun':
      return { ...story, holds: [...story.holds, event.silence] }
    case 'comms.holdsEnded':
      return { ...story, holds: [] }
    case 'comms.undelivered': {
      const { undelivered } = story.posts.find(({ number }) => number === event.post) ?? { undelivered: 0 }
      return changed(story, event.post, { undelivered: undelivered + 1 })
    }
    case 'comms.leftInDoubt': {
      const { inDoubt = [] } = story.posts.find(({ number }) => number === event.post) ?? {}
      return changed(story, event.post, { inDoubt: [...new Set([...inDoubt, event.receiver])] })
    }
    case 'comms.sentAgain': {
      const { again = [] } = story.posts.find(({ number }) => number === event.post) ?? {}
      const written = event.receivers.map((receiver) => `${event.time} ${receiver}`)
      return changed(story, event.post, { inDoubt: [], again: [...again, ...written] })
    }
    case 'comms.followerTold':
      return story
    case 'comms.endAsked':
      return { ...story, askedCount: event.time }
    default:
      return unreachable(event)
  }
}

const untold = { posts: [], dueAt: null, overdueCount: 0, called: null, askedCount: 0, holds: [] }

function blank(number: number) {
  return {
    number,
    state: 'draft' as const,
    author: null,
    remark: '',
    approvedBy: null,
    isSolo: false,
    publishedAt: null,
    words: {},
    corrects: null,
    correctedBy: null,
    reach: 0,
    undelivered: 0,
    inDoubt: [],
    again: [],
  }
}

function withPost(story: Story, post: Post): Story {
  const isKnown = story.posts.some(({ number }) => number === post.number)
  if (!isKnown) return { ...story, posts: [...story.posts, post] }
  return { ...story, posts: story.posts.map((known) => (known.number === post.number ? post : known)) }
}

function changed(story: Story, number: number, change: Partial<Post>): Story {
  return { ...story, posts: story.posts.map((post) => (post.number === number ? { ...post, ...change } : post)) }
}

function phaseOf(moment: string) {
  return momentOf(moment)?.phase ?? 'notice'
}
