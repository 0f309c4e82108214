/** Rich text as blocks carry it: sections, lists, quotes and preformatted text, made of inert pieces. */
import { type Fields, flag, kinds, list, oneOf, record, wholeNumber, words } from './shape.ts'

const type: Fields = { type: words(50) }
const style = {
  style: record(
    {},
    {
      bold: flag,
      italic: flag,
      strike: flag,
      code: flag,
      underline: flag,
      highlight: flag,
      client_highlight: flag,
      unlink: flag,
    },
  ),
}
const border = { border: wholeNumber(0, 1) }
const textMax = 12_000

const piece = kinds({
  text: record({ ...type, text: words(textMax, 0) }, style),
  link: record({ ...type, url: words(3_000) }, { ...style, text: words(textMax, 0), unsafe: flag }),
  emoji: record({ ...type, name: words(100) }, { ...style, unicode: words(100), skin_tone: wholeNumber(1, 6) }),
  user: record({ ...type, user_id: words(20) }, style),
  usergroup: record({ ...type, usergroup_id: words(20) }, style),
  channel: record({ ...type, channel_id: words(20) }, style),
  broadcast: record({ ...type, range: oneOf('here', 'channel', 'everyone') }, style),
  color: record({ ...type, value: words(20) }, style),
  date: record(
    { ...type, timestamp: wholeNumber(0, 9_999_999_999), format: words(200) },
    { ...style, url: words(3_000), fallback: words(200) },
  ),
})
const pieces = list(piece, { min: 0, max: 1_000 })
const section = record({ ...type, elements: pieces })

export const richTextElements = list(
  kinds({
    rich_text_section: section,
    rich_text_list: record(
      {
        ...type,
        style: oneOf('bullet', 'ordered'),
        elements: list(kinds({ rich_text_section: section }), { max: 1_000 }),
      },
      { ...border, indent: wholeNumber(0, 8), offset: wholeNumber(0, 1_000_000) },
    ),
    rich_text_quote: record({ ...type, elements: pieces }, border),
    rich_text_preformatted: record({ ...type, elements: pieces }, { ...border, language: words(50) }),
  }),
  { max: 1_000 },
)
