/** One message as each medium carries it, to one person alone; of a published one, how far it has come. */
import type { Block, Message } from '../../core/effects.ts'
import { context, section } from '../../lib/blocks.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import type { Post, Story } from './domain.ts'
import type { Progress } from './mailing.ts'
import { slackMessage } from './media.ts'
import type { Rules } from './rules.ts'
import { languageNames, postKey, reviewMessage } from './views.ts'

// Slack takes no more than fifty.
const blocksMax = 49

export function previewMessage(
  story: Story,
  post: Post,
  { rules, progress }: { rules: Rules; progress: Progress | null },
): Message {
  const words = post.state === 'published' ? post.words : rules.renderAll(post.moment, post.facts)
  const media = rules.audiences.flatMap((audience): Block[] => {
    const said = words[audience.locale]
    if (!said) return []
    const shown = (slackMessage(said, audience, story).blocks ?? []).filter(({ type }) => type !== 'actions')
    return [section(`*${escapeInline(audience.name)}* (${audience.kind}, ${languageNames[audience.locale]})`), ...shown]
  })
  const review = (reviewMessage(story, post, rules).blocks ?? []).filter(({ type }) => type !== 'actions')
  const sent = progress === null ? [] : [context([progressWords(progress, post)])]
  return {
    text: `Message to clients ${postKey(story, post)}`,
    blocks: [...review, ...sent, ...media].slice(0, blocksMax),
  }
}

function progressWords({ filed, waiting, isThrough }: Progress, { undelivered }: Post): string {
  const state = isThrough ? '' : ' so far'
  return `E-mail: ${plural(filed, 'subscriber', 'subscribers')}${state}, ${waiting} still on the way, ${undelivered} given up`
}
