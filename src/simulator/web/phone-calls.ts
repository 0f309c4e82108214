/** What rings on phones without PagerDuty: direct messages of the bot's by which somebody is paged. */
import type { Simulator, SlackMessage } from '../types.ts'

export interface PhoneCall {
  channel: string
  ts: string
  /** Whose phone it is. */
  person: string
  name: string
  summary: string
  isRinging: boolean
  /** Milliseconds. */
  at: number
}

const callsShown = 20

/** The newest last. Told by its words, as a person would: what its buttons do is the bot's own matter. */
export function phoneCalls({ slack }: Pick<Simulator, 'slack'>): PhoneCall[] {
  const people = slack.people()
  const bots = new Set(people.flatMap(({ id, kind }) => (kind === 'bot' ? [id] : [])))
  const calls = slack.channels().flatMap((channel) => {
    const owner = people.find(({ id, kind }) => kind !== 'bot' && channel.members.includes(id))
    if (channel.kind !== 'dm' || !owner) return []
    return slack.messages(channel.id).flatMap((message) => {
      const [, what, words] = /^(Test page: |Page: )(.*)/.exec(message.text) ?? []
      if (words === undefined || message.deleted || !bots.has(message.user)) return []
      const summary = what === 'Page: ' ? words : `${what}${words}`
      const at = Math.floor(Number(message.ts) * 1_000)
      const isRinging = hasButton(message, 'Acknowledge')
      return [{ channel: channel.id, ts: message.ts, person: owner.id, name: owner.realName, summary, isRinging, at }]
    })
  })
  return calls.toSorted((a, b) => a.at - b.at).slice(-callsShown)
}

function hasButton({ blocks }: SlackMessage, label: string): boolean {
  return blocks
    .flatMap((block) => (block.type === 'actions' && Array.isArray(block.elements) ? block.elements : []))
    .some((element: { text?: { text?: string } }) => element.text?.text === label)
}
