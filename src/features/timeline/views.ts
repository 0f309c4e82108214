/** How a timeline looks: a page of it, for one person. */
import { z } from 'zod'
import type { Message } from '../../core/effects.ts'
import { button, menu } from '../../core/interactions.ts'
import { actions, context, section, sections } from '../../lib/blocks.ts'
import { bold, escapeInline, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { type Incident, key } from '../incidents/index.ts'
import type { Rules } from './rules.ts'
import type { Cursor, Line } from './store.ts'
import { lineWords } from './words.ts'

const cursor = z.object({ at: z.string(), from: z.enum(['entry', 'journal']), position: z.number() })
const place = z.object({ incident: z.string(), cursor })
export const olderButton = button('timeline.older', place)
export const newerButton = button('timeline.newer', place)
export const exportButton = button('timeline.export', z.object({ incident: z.string() }))
/** Its context is the incident. */
export const correctMenu = menu('timeline.correct')

export interface PageOfLines {
  lines: readonly Line[]
  hasOlder: boolean
  hasNewer: boolean
}

// A line is read on a phone; the whole text is one click away, and in the export.
const lineMax = 240

export function pageMessage(incident: Incident, { lines, hasOlder, hasNewer }: PageOfLines, rules: Rules): Message {
  const heading = `${key(incident)} timeline`
  const [first, last] = [lines[0], lines.at(-1)]
  const turning = [
    ...(hasOlder && first ? [olderButton.draw('Older', { incident: incident.id, cursor: cursorOf(first) })] : []),
    ...(hasNewer && last ? [newerButton.draw('Newer', { incident: incident.id, cursor: cursorOf(last) })] : []),
  ]
  const choices = lines.flatMap((line) =>
    line.from === 'entry' && line.entry.deletedAt === null
      ? [{ value: line.entry.id, text: `${line.entry.author.name}: ${line.entry.text || 'a file'}` }]
      : [],
  )
  return {
    text: heading,
    blocks: [
      section(`${bold(heading)} ${escapeInline(shorten(incident.title, 100))}`),
      ...sections(lines.map((line) => `${when(line.at)} ${lineWords(line, rules, lineMax)}`)),
      ...(choices.length > 0 ? [correctMenu.draw('Correct one…', choices, incident.id)] : []),
      actions([...turning, exportButton.draw('Export', { incident: incident.id })]),
      context(['`/inc note <text>` adds a line; so does :pushpin: on a message. Only you see this.']),
    ],
  }
}

export function cursorOf({ at, from, position }: Line): Cursor {
  return { at, from, position }
}
