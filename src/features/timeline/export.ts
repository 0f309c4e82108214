/** A timeline as a document: the same history gives the same bytes, whenever and wherever it is written. */
import { canonical } from '../../lib/fingerprint.ts'
import { type Incident, key } from '../incidents/index.ts'
import type { Rules } from './rules.ts'
import type { Line } from './store.ts'
import { lineWords } from './words.ts'

/** Names of people by id; who is missing keeps the id. */
export type Names = ReadonlyMap<string, string>

export function toMarkdown(incident: Incident, lines: readonly Line[], rules: Rules, names: Names): string {
  const items = lines.map((line) => `- **${momentWords(line.at)}** ${plain(lineWords(line, rules, textWhole), names)}`)
  const title = plain(incident.title.replaceAll('<', '&lt;').replaceAll('\n', ' '), names)
  return [`# ${key(incident)}: ${title}`, '', 'Times are in UTC.', '', ...items, ''].join('\n')
}

const textWhole = 100_000

/** One line each, so that two exports can be compared line by line. */
export function toJson(incident: Incident, lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const { at, from } = line
    if (line.from === 'journal') return { at, from, incident: line.incident, actor: line.actor, event: line.event }
    // Who reacted is nobody's history; what was said, and what it said before, is.
    const { marks: _, isKeptByHand: __, status: ___, ...entry } = line.entry
    return { at, from, ...(entry.deletedAt === null ? entry : { ...entry, text: '', files: [], versions: [] }) }
  })
  const lead = `{"incident":${JSON.stringify(key(incident))},"timeline":[`
  return `${lead}${rows.map((row) => `\n  ${canonical(row)}`).join(',')}\n]}\n`
}

export function peopleIn(lines: readonly Line[], rules: Rules): Set<string> {
  const mentions = lines.flatMap((line) => [...lineWords(line, rules, textWhole).matchAll(/<@([UW][A-Z0-9]+)>/g)])
  return new Set(mentions.map((match) => match[1] ?? ''))
}

/** Slack's markup as Markdown. Its three entities are HTML's, and stay: nothing in it becomes a tag. */
function plain(markup: string, names: Names): string {
  return (
    markup
      // What we broke up for Slack, so that it is no formatting, is escaped for Markdown.
      .replace(/\u2060([*_~`])\u2060/g, '\\$1')
      .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
      .replace(/<@([UW][A-Z0-9]+)>/g, (_, id: string) => `@${escapeMarkdown(names.get(id) ?? id)}`)
      .replace(/<#([CG][A-Z0-9]+)>/g, '#$1')
      .replace(/<((?:https?|mailto):[^|>]*)\|([^>]*)>/g, '[$2]($1)')
      .replace(/(^|\s):[a-z0-9_+-]+:(?=\s|$)/g, '$1')
      .replace(/(^|\s)\*((?:[^*\\\n]|\\.)+)\*(?=\W|$)/g, '$1**$2**')
      .replace(/ {2,}/g, ' ')
      .trim()
  )
}

function escapeMarkdown(text: string): string {
  return text.replace(/[[\]*_`<>\\]/g, (mark) => `\\${mark}`)
}

function momentWords(at: string): string {
  return at.slice(0, 19).replace('T', ' ')
}
