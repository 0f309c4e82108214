/** One line of a timeline in words: an event by its template, an entry as it was said. */
import type { Actor } from '../../core/decision.ts'
import { bold, escapeInline, escapeMessage, link, Markup, mention } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import type { Author, Entry } from './domain.ts'
import { type Rules, templateOf } from './rules.ts'
import type { JournalLine, Line } from './store.ts'

export function lineWords(line: Line, rules: Pick<Rules, 'templates'>, max: number): string {
  return line.from === 'journal' ? eventWords(line, rules) : entryWords(line.entry, max)
}

function eventWords({ type, event, actor }: JournalLine, { templates }: Pick<Rules, 'templates'>): string {
  try {
    return templates.render(templateOf(type), 'slack', wordable(event, actor))
  } catch {
    // Written by a release that said less about it: the timeline must open all the same.
    return escapeInline(type.replace(/^\w+\./, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
  }
}

/** Fields that hold a person. Elsewhere, what looks like an id may be a title. */
const personFields = new Set(['by', 'to', 'from', 'lead', 'owner', 'person'])

function wordable(event: Readonly<Record<string, unknown>>, actor: Actor): Record<string, unknown> {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    personFields.has(name) ? personWords(value) : value,
  ])
  return {
    ...Object.fromEntries(fields),
    by: new Markup(typeof event.by === 'string' ? mention(event.by) : actorWords(actor)),
  }
}

function personWords(value: unknown): unknown {
  if (value === null) return 'nobody'
  return typeof value === 'string' && /^[UW][A-Z0-9]{5,}$/.test(value) ? new Markup(mention(value)) : value
}

function actorWords(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return mention(actor.id)
    case 'source':
      return escapeInline(actor.name)
    case 'timer':
    case 'tocsin':
      return 'Tocsin'
  }
}

function entryWords(entry: Entry, max: number): string {
  const who = entry.kind === 'note' ? ':pencil2:' : ':pushpin:'
  if (entry.deletedAt !== null) return `${who} ${authorWords(entry.author)}: _deleted in Slack by its author_`
  const said = escapeMessage(shorten(entry.text, max))
  const files = entry.files.map((file) => fileWords(file))
  const shown = [...(said === '' ? [] : [said]), ...files].join(' ')
  const after = [
    ...(wasChanged(entry) ? ['corrected'] : []),
    ...(entry.source?.permalink ? [link(entry.source.permalink, 'message')] : []),
  ]
  return `${who} ${authorWords(entry.author)}: ${shown}${after.length > 0 ? ` (${after.join(', ')})` : ''}`
}

function wasChanged({ versions }: Entry): boolean {
  return versions.some(({ why }) => why === 'corrected' || why === 'edited-in-slack')
}

export function authorWords({ id, name }: Author): string {
  return id === null ? bold(shorten(name, 80)) : mention(id)
}

function fileWords({ name, permalink }: { name: string; permalink: string | null }): string {
  return `:paperclip: ${permalink === null ? escapeInline(shorten(name, 80)) : link(permalink, shorten(name, 80))}`
}
