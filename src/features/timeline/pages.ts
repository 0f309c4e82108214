/** What somebody who looks at a timeline is given: a page, or all of it as a document. */
import type { Answer, Call } from '../../core/call.ts'
import { tell } from '../../core/call.ts'
import { when } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import { type Incident, key, readIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { noSuchIncident } from './answers.ts'
import { type Names, peopleIn, toJson, toMarkdown } from './export.ts'
import { type Cursor, incidentsOf, type Line, readLines } from './store.ts'
import { pageMessage } from './views.ts'
import { lineWords } from './words.ts'

const pageSize = 12

export async function showPage(
  call: Call,
  id: string,
  beside?: { side: 'before' | 'after'; cursor: Cursor },
): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return noSuchIncident()
  const rules = call.policy(aggregate)
  const incidents = await incidentsOf(call.db, incident.id)
  // One more than is shown tells whether there is more.
  const span = { incidents, types: rules.types, limit: pageSize + 1, ...(beside ? { beside } : {}) }
  const read = await readLines(call.db, span)
  const isForward = beside?.side === 'after'
  const hasMore = read.length > pageSize
  const lines = isForward ? read.slice(0, pageSize) : read.slice(-pageSize)
  if (lines.length === 0 && beside) return tell('There is nothing more on that side.')
  const page = isForward
    ? { lines, hasOlder: true, hasNewer: hasMore }
    : { lines, hasOlder: hasMore, hasNewer: beside !== undefined }
  return { tell: pageMessage(incident, page, rules) }
}

export type Format = 'markdown' | 'json'

export async function exportTimeline(call: Call, id: string, format: Format): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return noSuchIncident()
  const lines = await readAll(call, incident)
  const content = format === 'json' ? toJson(incident, lines) : await markdown(call, incident, lines)
  const name = `${key(incident).toLowerCase()}-timeline.${format === 'json' ? 'json' : 'md'}`
  const file = {
    name,
    title: `${key(incident)} timeline`,
    content,
    comment: `${key(incident)} timeline, ${plural(lines.length, 'line', 'lines')}`,
  }
  return {
    effects: [{ kind: 'slack.file', to: `@${call.person.id}`, file }],
    ...tell(`${name} comes as a direct message.`),
  }
}

// A document is rare and read as a whole; more than this is no timeline any more.
const linesMax = 50_000

async function readAll(call: Call, incident: Incident): Promise<Line[]> {
  const incidents = await incidentsOf(call.db, incident.id)
  return readLines(call.db, { incidents, types: call.policy(aggregate).types, limit: linesMax })
}

async function markdown(call: Call, incident: Incident, lines: readonly Line[]): Promise<string> {
  const rules = call.policy(aggregate)
  const people = [...peopleIn(lines, rules)]
  const found = await Promise.all(people.map((person) => call.people.find(person)))
  const names: Names = new Map(
    found.flatMap((person) => (person ? [[person.id, person.realName || person.handle]] : [])),
  )
  return toMarkdown(incident, lines, rules, names)
}

/** The newest lines in words, the oldest of them first: for whoever shows where an incident stands. */
export async function latestLines(call: Call, incident: string, limit: number): Promise<string[]> {
  const rules = call.policy(aggregate)
  const incidents = await incidentsOf(call.db, incident)
  const lines = await readLines(call.db, { incidents, types: rules.types, limit })
  return lines.map((line) => `• ${when(line.at)} ${lineWords(line, rules, highlightMax)}`)
}

const highlightMax = 160
