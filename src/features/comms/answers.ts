/** The sentence that the asker gets back. The compiler sees to it that no refusal is without one. */
import { type Answer, refuse, silence, tell } from '../../core/call.ts'
import type { Refusal } from '../../core/decision.ts'
import type { Outcome } from '../../core/perform.ts'
import { escapeText } from '../../lib/mrkdwn.ts'
import type { Event, Refused, Story } from './domain.ts'

/** What the asker reads: null when what everybody sees says it already. */
export function answer(outcome: Outcome<Story, Event, Refused>, done: (story: Story) => string | null): Answer {
  if ('refused' in outcome) return sentence(outcome)
  const words = done(outcome.state)
  return words === null ? silence : tell(words)
}

export function sentence({ refused, details = {} }: Refusal<Refused>): Answer {
  const { post = '', why = '', moment = '', group = '' } = details
  const sentences: Record<Refused, string> = {
    'no-such-story': 'There is nothing of that name. `/comms list` shows what clients are told.',
    'no-such-post': `There is no message ${post}. \`/comms list\` shows those there are.`,
    'no-such-moment': `There is no template “${escapeText(String(moment))}”. \`/comms templates\` shows those there are.`,
    'already-told': 'That was begun already. `/comms list` shows it.',
    'needs-permission': `This is about a private incident, security or lost data: only those in \`groups.${group}\` of tocsin.yml may approve it. Whoever runs Tocsin puts Slack ids there (U0123ABCD) or user groups ("@legal"); while it is empty, nobody may.`,
    'not-real': 'This is a test or a drill. Clients are told of neither.',
    'already-published': `Message ${post} is published. What is published stays; \`/comms withdraw ${post}\` corrects it.`,
    discarded: `Message ${post} was discarded. \`/comms draft\` begins another.`,
    'nothing-written': `Nothing is written in ${post} yet. «Draft client update» opens the form.`,
    'changed-since': `Message ${post} was changed since you read it. Read it again: \`/comms preview ${post}\`.`,
    'own-words': `You wrote message ${post}: somebody else must read it first. Anybody in \`comms.approvers\` may.`,
    'not-approved': `Message ${post} is not approved, or was changed since: \`/comms approve ${post}\`.`,
    'lint-blocks': `This cannot go out yet. ${escapeText(String(why))}`,
    'nothing-to-correct': 'Nothing was published that could be corrected.',
    'impact-unknown': 'At this severity a person must say first whether clients are concerned: suspected or confirmed.',
    'window-backwards': 'The end must be later than the beginning.',
    'not-under-way': 'That is no planned work that clients wait for.',
    'none-in-doubt': `Nobody’s e-mail of message ${post} is in doubt now. \`/comms preview ${post}\` shows how far it is.`,
    'waits-for-review': `Message ${post} waits for approval. Approve or discard it first.`,
  }
  return refuse(sentences[refused])
}
