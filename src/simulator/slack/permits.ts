/** The two short-lived permits that come with what a person does: to open one form, and to answer a few times. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { refuse } from './refusal.ts'

export interface Permits {
  giveTrigger(userId: string): string
  /** Whose trigger it is; it is used up. */
  useTrigger(id: string): string
  /** The path of an address to answer to. */
  giveAnswer(answer: Answer): string
  useAnswer(path: string): Answer
}

/** Where answers to something that a person did go to. */
export interface Answer {
  userId: string
  channelId: string
  threadTs: string | null
  /** The message whose button was pressed; null for a command. */
  messageTs: string | null
}

const triggerMilliseconds = 3_000
const answerMilliseconds = 30 * 60_000
const answerUses = 5
// What is that old is expired many times over. Nothing is forgotten sooner, so that refusals stay the right ones.
const keptMax = 10_000

export function createPermits(clock: Clock): Permits {
  const triggers = new Map<string, { userId: string; expiresAt: number; isUsed: boolean }>()
  const answers = new Map<string, Answer & { expiresAt: number; usesLeft: number }>()
  const now = () => clock.now().getTime()

  return {
    giveTrigger(userId) {
      const id = `${now()}.${randomUUID()}`
      keep(triggers, id, { userId, expiresAt: now() + triggerMilliseconds, isUsed: false })
      return id
    },
    useTrigger(id) {
      const trigger = triggers.get(id) ?? refuse('invalid_trigger_id')
      if (trigger.isUsed) refuse('exchanged_trigger_id')
      if (now() > trigger.expiresAt) refuse('expired_trigger_id')
      trigger.isUsed = true
      return trigger.userId
    },
    giveAnswer(answer) {
      const path = `/respond/${randomUUID()}`
      keep(answers, path, { ...answer, expiresAt: now() + answerMilliseconds, usesLeft: answerUses })
      return path
    },
    useAnswer(path) {
      const answer = answers.get(path) ?? refuse('no_such_url')
      if (now() > answer.expiresAt) refuse('expired_url')
      if (answer.usesLeft === 0) refuse('used_url')
      answer.usesLeft -= 1
      return answer
    },
  }
}

function keep<T>(permits: Map<string, T>, id: string, permit: T): void {
  permits.set(id, permit)
  const [oldest] = permits.keys()
  if (permits.size > keptMax && oldest !== undefined) permits.delete(oldest)
}
