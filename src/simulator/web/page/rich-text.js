/** Slack's rich_text blocks: what people write with the formatting bar, and what bots send as structure. */
import { dateWords } from './dates.js'
import { h } from './dom.js'
import { emojiOf } from './emoji.js'
import { channelLink, link, mention } from './mrkdwn.js'
import { unknownThing } from './unknown.js'

const styleTags = { bold: 'b', italic: 'i', strike: 's', code: 'code', underline: 'u' }

export function richText(elements, names) {
  return (elements ?? []).map((part) => {
    switch (part.type) {
      case 'rich_text_section':
        return h('div', {}, inline(part, names))
      case 'rich_text_list':
        return list(part, names)
      case 'rich_text_quote':
        return h('blockquote', {}, inline(part, names))
      case 'rich_text_preformatted':
        return h('pre', { class: 'code-block' }, inline(part, names))
      default:
        return unknownThing(part)
    }
  })
}

function list(part, names) {
  const isOrdered = part.style === 'ordered'
  const start = isOrdered && part.offset ? String(part.offset + 1) : null
  const depth = Math.min(part.indent ?? 0, 4)
  return h(
    isOrdered ? 'ol' : 'ul',
    { class: `indent-${depth}`, start },
    (part.elements ?? []).map((item) => h('li', {}, inline(item, names))),
  )
}

function inline(part, names) {
  return (part.elements ?? []).map((piece) => styled(pieceOf(piece, names), piece.style))
}

function pieceOf(piece, names) {
  switch (piece.type) {
    case 'text':
      return withBreaks(String(piece.text ?? ''))
    case 'link':
      return link(String(piece.url ?? ''), piece.text ?? piece.url ?? '')
    case 'user':
      return mention(`@${names.person(piece.user_id) ?? piece.user_id}`)
    case 'usergroup':
      return mention(`@${piece.usergroup_id}`)
    case 'channel':
      return channelLink(piece.channel_id, undefined, names)
    case 'broadcast':
      return mention(`@${piece.range}`, 'mention loud')
    case 'emoji':
      return emojiOf(String(piece.name))
    case 'date':
      return dateWords(new Date(piece.timestamp * 1000), String(piece.format ?? '{date}'), names.now)
    default:
      return unknownThing(piece)
  }
}

function styled(drawn, style = {}) {
  let result = drawn
  for (const [name, tag] of Object.entries(styleTags)) if (style?.[name]) result = h(tag, {}, result)
  return result
}

function withBreaks(text) {
  return text.split('\n').flatMap((line, index) => (index === 0 ? [line] : [h('br'), line]))
}
