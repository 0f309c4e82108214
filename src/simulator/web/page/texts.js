/** Block Kit's text objects: mrkdwn with marks and references, plain_text with emoji only. */
import { withEmoji } from './emoji.js'
import { mrkdwn } from './mrkdwn.js'

export function textObject(text, names) {
  if (!text) return []
  if (text.type === 'mrkdwn') return mrkdwn(String(text.text ?? ''), names)
  return [plainText(text)]
}

export function plainText(text) {
  const words = String(text?.text ?? '')
  return text?.emoji === false ? words : withEmoji(words)
}
