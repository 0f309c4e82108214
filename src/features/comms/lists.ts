/** What clients are told now, what waits for approval, what was published last: of all that the asker may know of. */
import type { Answer, Call } from '../../core/call.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { bold, escapeInline, when } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import type { Post } from './domain.ts'
import { findStory } from './reading.ts'
import { listOpenStories, listPublished } from './store.ts'
import { countBySuspension } from './subscribers.ts'
import { storyLine } from './views.ts'

const shown = 20
const publishedShown = 5

export async function readList(call: Call): Promise<Answer> {
  const open = await listOpenStories(call.db, shown)
  const mine: string[] = []
  // In sequence: few, and the order is what people read.
  for (const story of open) if (await findStory(call, story.id)) mine.push(storyLine(story))
  const published = await listPublished(call.db, publishedShown)
  const known: typeof published = []
  // What was published is public; which incident it was about may not be.
  for (const one of published) if (await findStory(call, one.storyId)) known.push(one)
  const lines = known.map(
    ({ storyId, post }) =>
      `• ${storyId}.${post.number} ${escapeInline(post.facts.name)} · ${when(post.publishedAt ?? '')}${doubt(storyId, post)}`,
  )
  return {
    tell: {
      text: 'What clients are told',
      blocks: [
        ...sections([bold('What clients are told now'), ...(mine.length === 0 ? ['Nothing is open.'] : mine)]),
        ...(lines.length === 0 ? [] : sections([bold('Published last'), ...lines])),
        ...(await subscribersPart(call)),
        section(
          '`/comms draft #42` writes to clients, `/comms preview 42.1` shows a message, `/comms maintenance` announces work.',
        ),
      ],
    },
  }
}

function doubt(storyId: string, { number, inDoubt }: Post): string {
  if (inDoubt.length === 0) return ''
  return ` · :grey_question: ${plural(inDoubt.length, 'e-mail', 'e-mails')} in doubt: \`/comms resend ${storyId}.${number}\``
}

async function subscribersPart({ db }: Call) {
  const { writtenTo, suspended } = await countBySuspension(db)
  if (writtenTo + suspended === 0) return []
  const refused =
    suspended === 0
      ? ''
      : ` · ${plural(suspended, 'other is', 'others are')} not written to any more: their own mail servers refused them three times. They may subscribe again`
  return [context([`${plural(writtenTo, 'subscriber', 'subscribers')} by e-mail${refused}`])]
}
