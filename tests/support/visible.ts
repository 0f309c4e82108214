/** What a person reads of a message: all its words, mentions by name, none of the markup's inner life. */
import { unescapeText } from '../../src/lib/mrkdwn.ts'
import type { SlackMessage, SlackWorld } from '../../src/simulator/types.ts'

export function visibleText(
  message: Pick<SlackMessage, 'text' | 'blocks'>,
  slack: Pick<SlackWorld, 'people' | 'channels'>,
): string {
  const raw = message.blocks.length > 0 ? message.blocks.flatMap(textsIn).join('\n') : message.text
  const names = raw
    .replace(
      /<@([UW][A-Z0-9]+)(\|[^>]*)?>/g,
      (_whole, id: string) => `@${slack.people().find((person) => person.id === id)?.name ?? id}`,
    )
    .replace(
      /<#([CG][A-Z0-9]+)(\|[^>]*)?>/g,
      (_whole, id: string) => `#${slack.channels().find((channel) => channel.id === id)?.name ?? id}`,
    )
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(https?:[^|>]*)\|([^>]*)>/g, '$2')
  return unescapeText(names)
    .replaceAll('\u2060', '')
    .replace(/[*`]|(?<!\w)_|_(?!\w)/g, '')
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  const found: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'text' && typeof inner === 'string') found.push(inner)
    else if (key !== 'value') found.push(...textsIn(inner))
  }
  return found
}
