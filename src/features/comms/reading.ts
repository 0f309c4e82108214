/** Finding a story or one of its messages, for whoever may know of it. */
import type { Answer, Call } from '../../core/call.ts'
import { aboutOf, type Incident, readIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { Post, Story } from './domain.ts'
import { load } from './store.ts'

export interface Found {
  story: Story
  /** Null for a story that is about no incident. */
  incident: Incident | null
}

/** `42`, `#42`, `inc-42`, `c7`. Nobody outside is told even that a private incident has a story. */
export async function findStory(call: Call, name: string): Promise<Found | null> {
  const id = storyIdOf(name)
  if (id === null) return null
  if (id.startsWith('c')) {
    const story = await load(call.db, id)
    return story && { story, incident: null }
  }
  const incident = await readIncident(call, id)
  if (!incident) return null
  const story = await load(call.db, id)
  if (story) return { story, incident }
  // Declared before this release began to keep stories.
  const outcome = await call.perform(aggregate, id, { type: 'comms.follow', about: aboutOf(incident) })
  return 'refused' in outcome ? null : { story: outcome.state, incident }
}

export function storyIdOf(name: string): string | null {
  return /^(?:#|inc-)?(\d{1,9}|c\d{1,9})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? null
}

/** `42.1` */
export async function withPost(
  call: Call,
  name: string,
  go: (found: Found & { post: Post }) => Promise<Answer>,
): Promise<Answer> {
  const [, storyName = '', number = ''] = /^(.+?)[.](\d{1,4})$/.exec(name.trim()) ?? []
  const found = await findStory(call, storyName)
  if (!found)
    return sentence({
      refused: 'no-such-post',
      details: { post: storyIdOf(storyName) === null ? 'of that name' : name },
    })
  const post = found.story.posts.find((candidate) => candidate.number === Number(number))
  if (!post) return sentence({ refused: 'no-such-post', details: { post: `${found.story.id}.${number}` } })
  return go({ ...found, post })
}
