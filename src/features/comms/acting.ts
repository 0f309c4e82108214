/** What people do with a message to clients, by button or by word. Who may is asked when they do it. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import type { Command, Story } from './domain.ts'
import { openWriteForm, type Wish } from './forms.ts'
import { findStory } from './reading.ts'

export interface OfPost {
  story: string
  post: number
}

export async function draft(call: Call, name: string, wish: Wish = {}): Promise<Answer> {
  const found = await findStory(call, name)
  if (!found) return sentence({ refused: 'no-such-story' })
  if (found.story.about?.isReal === false) return sentence({ refused: 'not-real' })
  return { open: openWriteForm(call, found, wish) }
}

export async function approve(
  call: Call,
  { story, post, hash }: OfPost & { hash: string },
  thenPublish: boolean,
): Promise<Answer> {
  const rules = call.policy(aggregate)
  const no = await call.refusal(rules.approvers)
  if (no !== null) return refuse(no)
  const mayDisclose = (await call.refusal(rules.disclosers)) === null
  return act(call, story, { type: 'comms.approve', post, hash, mayDisclose, thenPublish }, (after) =>
    thenPublish
      ? `Published: message ${after.id}.${post}.`
      : `Approved: message ${after.id}.${post}. \`/comms publish ${after.id}.${post}\` sends it.`,
  )
}

export async function publish(call: Call, { story, post }: OfPost): Promise<Answer> {
  const no = await call.refusal(call.policy(aggregate).approvers)
  if (no !== null) return refuse(no)
  return act(call, story, { type: 'comms.publish', post }, (after) => `Published: message ${after.id}.${post}.`)
}

export async function sendAgain(call: Call, { story, post }: OfPost): Promise<Answer> {
  const no = await call.refusal(call.policy(aggregate).approvers)
  if (no !== null) return refuse(no)
  return act(call, story, { type: 'comms.sendAgain', post }, (after) => `Sent again: message ${after.id}.${post}.`)
}

export function discard(call: Call, { story, post }: OfPost): Promise<Answer> {
  return act(call, story, { type: 'comms.discard', post }, (after) => `Discarded: message ${after.id}.${post}.`)
}

/** What is said of planned work in one click. */
export async function say(
  call: Call,
  story: string,
  command: Extract<Command, { type: 'comms.say' }>,
): Promise<Answer> {
  const no = await call.refusal(call.policy(aggregate).approvers)
  if (no !== null) return refuse(no)
  return act(call, story, command, () => null)
}

async function act(call: Call, name: string, command: Command, done: (story: Story) => string | null): Promise<Answer> {
  const found = await findStory(call, name)
  if (!found) return sentence({ refused: 'no-such-story' })
  const outcome = await call.perform(aggregate, found.story.id, command)
  // A button stands on the review, which shows what came of it.
  return answer(outcome, (story) => (call.message === null ? done(story) : null))
}
