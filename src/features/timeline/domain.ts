import type { Decision, Given } from '../../core/decision.ts'
import type { Instant, Place } from '../../core/effects.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'

/**
 * What people noted about an incident: a line of their own, or a message that somebody marked.
 *
 *   (nothing) ──note──▶ kept ──correct, edit──▶ kept
 *   (nothing) ──keep──▶ kept ──last reaction goes──▶ withdrawn ──keep──▶ kept
 *                       kept ──remove──▶ removed ──restore──▶ kept
 *
 * What it said before stays as a version.
 */
export interface Entry {
  id: string
  incident: string
  kind: 'note' | 'message'
  /** When it was said, which is where it stands in the timeline. */
  saidAt: Instant
  author: Author
  text: string
  files: readonly AttachedFile[]
  source: Source | null
  notedBy: string | null
  notedAt: Instant
  status: Status
  /** Its author deleted the message in Slack: then its words are not shown any more, only that there were some. */
  deletedAt: Instant | null
  /** Added by a person's own hand: it stays when the reactions go. */
  isKeptByHand: boolean
  marks: Readonly<Record<string, Mark>>
  versions: readonly Version[]
}

export type Status = 'kept' | 'withdrawn' | 'removed'

export interface Author {
  /** Null for an app, and for whoever has no account that Slack tells us about. */
  id: string | null
  name: string
}

/** Named, never copied and never made public: whoever may open it in Slack may follow the link. */
export interface AttachedFile {
  name: string
  permalink: string | null
}

export interface Source {
  channelId: string
  ts: string
  permalink: string | null
  /** In a channel of an incident, where we hear what becomes of it and may mark it. */
  isOurs: boolean
}

/** A reaction of a person. Slack may deliver «removed» before «added»: the later moment counts. */
export interface Mark {
  isThere: boolean
  at: string
}

export interface Version {
  text: string
  saidAt: Instant
  until: Instant
  by: string | null
  why: 'corrected' | 'edited-in-slack' | 'deleted-in-slack' | 'removed'
}

export interface SaidMessage {
  saidAt: Instant
  author: Author
  text: string
  files: readonly AttachedFile[]
  source: Source
}

export interface MarkedBy {
  person: string
  reaction: string
  at: string
}

export type Command =
  /** `sayIn`: where everybody reads it; null when it is not said again. */
  | { type: 'timeline.note'; incident: string; text: string; author: Author; sayIn: Place | null }
  | { type: 'timeline.keep'; incident: string; message: SaidMessage; mark: MarkedBy | null }
  | { type: 'timeline.unmark'; mark: MarkedBy }
  | { type: 'timeline.edit'; text: string; files: readonly AttachedFile[] }
  | { type: 'timeline.deleteInSlack' }
  | { type: 'timeline.correct'; text: string; saidAt: Instant }
  | { type: 'timeline.remove' }
  | { type: 'timeline.restore' }

export type Event =
  | ({
      type: 'timeline.noted'
      id: string
      incident: string
      text: string
      author: Author
      sayIn: Place | null
    } & Signed)
  | ({ type: 'timeline.kept'; id: string; incident: string; message: SaidMessage; mark: MarkedBy | null } & Signed)
  | { type: 'timeline.marked'; mark: MarkedBy }
  | { type: 'timeline.unmarked'; mark: MarkedBy }
  | { type: 'timeline.edited'; text: string; files: readonly AttachedFile[]; at: Instant }
  | { type: 'timeline.deletedInSlack'; at: Instant }
  | ({ type: 'timeline.corrected'; text: string; saidAt: Instant } & Signed)
  | ({ type: 'timeline.removed' } & Signed)
  | ({ type: 'timeline.restored' } & Signed)

interface Signed {
  by: string | null
  at: Instant
}

export type Refused = 'text-missing' | 'too-long' | 'no-such-entry' | 'already-there' | 'in-the-future'

export type Policy = unknown

export const textMax = 3_000

export function decide(entry: Entry | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'timeline.note') return note(command, given)
  if (command.type === 'timeline.keep') return keep(entry, command, given)
  if (!entry) return { refused: 'no-such-entry' }

  const at = given.now.toISOString()
  switch (command.type) {
    case 'timeline.unmark':
      return isOlder(entry, command.mark) ? [] : [{ type: 'timeline.unmarked', mark: command.mark }]
    case 'timeline.edit': {
      const { text, files } = command
      if (entry.deletedAt !== null || canonical([entry.text, entry.files]) === canonical([text, files])) return []
      return [{ type: 'timeline.edited', text, files, at }]
    }
    case 'timeline.deleteInSlack':
      return entry.deletedAt === null ? [{ type: 'timeline.deletedInSlack', at }] : []
    case 'timeline.correct':
      return correct(entry, command, given)
    case 'timeline.remove':
      return entry.status === 'removed' ? [] : [{ type: 'timeline.removed', ...signed(given) }]
    case 'timeline.restore':
      return entry.status === 'kept' ? [] : [{ type: 'timeline.restored', ...signed(given) }]
    default:
      return unreachable(command)
  }
}

function note(
  { incident, text, author, sayIn }: Extract<Command, { type: 'timeline.note' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const refusal = refusalOf(text)
  if (refusal) return refusal
  return [{ type: 'timeline.noted', id: given.id, incident, text, author, sayIn, ...signed(given) }]
}

/** One message is one entry, whoever marks it and however often. */
function keep(
  entry: Entry | null,
  { incident, message, mark }: Extract<Command, { type: 'timeline.keep' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (!entry) return [{ type: 'timeline.kept', id: given.id, incident, message, mark, ...signed(given) }]
  if (mark) return isOlder(entry, mark) ? [] : [{ type: 'timeline.marked', mark }]
  if (entry.status === 'kept' && entry.isKeptByHand) return { refused: 'already-there' }
  return [{ type: 'timeline.restored', ...signed(given) }]
}

function correct(
  entry: Entry,
  { text, saidAt }: Extract<Command, { type: 'timeline.correct' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const refusal = refusalOf(text)
  if (refusal) return refusal
  if (Date.parse(saidAt) > given.now.getTime()) return { refused: 'in-the-future' }
  if (entry.text === text && entry.saidAt === saidAt) return []
  return [{ type: 'timeline.corrected', text, saidAt, ...signed(given) }]
}

function refusalOf(text: string) {
  if (text.trim() === '') return { refused: 'text-missing' } as const
  return text.length > textMax ? ({ refused: 'too-long', details: { max: textMax } } as const) : null
}

function isOlder({ marks }: Entry, mark: MarkedBy): boolean {
  const known = marks[markKey(mark)]
  return known !== undefined && Number(known.at) >= Number(mark.at)
}

function markKey({ person, reaction }: MarkedBy): string {
  return `${person}:${reaction}`
}

function signed({ actor, now }: Given<Policy>): Signed {
  return { by: actor.kind === 'person' ? actor.id : null, at: now.toISOString() }
}

export function evolve(entry: Entry | null, event: Event): Entry {
  if (event.type === 'timeline.noted') return noted(event)
  if (event.type === 'timeline.kept') return kept(event)
  if (!entry) throw new Error(`${event.type} before timeline.noted or timeline.kept`)

  switch (event.type) {
    case 'timeline.marked':
      return { ...marked(entry, event.mark, true), status: entry.status === 'removed' ? 'removed' : 'kept' }
    case 'timeline.unmarked':
      return withoutMark(entry, event.mark)
    case 'timeline.edited':
      return {
        ...withVersion(entry, 'edited-in-slack', event.at, entry.author.id),
        text: event.text,
        files: event.files,
      }
    case 'timeline.deletedInSlack':
      return { ...withVersion(entry, 'deleted-in-slack', event.at, entry.author.id), deletedAt: event.at }
    case 'timeline.corrected':
      return { ...withVersion(entry, 'corrected', event.at, event.by), text: event.text, saidAt: event.saidAt }
    case 'timeline.removed':
      return { ...withVersion(entry, 'removed', event.at, event.by), status: 'removed' }
    case 'timeline.restored':
      return { ...entry, status: 'kept', isKeptByHand: true }
    default:
      return unreachable(event)
  }
}

function noted({ id, incident, text, author, by, at }: Extract<Event, { type: 'timeline.noted' }>): Entry {
  return {
    id,
    incident,
    kind: 'note',
    saidAt: at,
    author,
    text,
    files: [],
    source: null,
    notedBy: by,
    notedAt: at,
    status: 'kept',
    deletedAt: null,
    isKeptByHand: true,
    marks: {},
    versions: [],
  }
}

function kept({ id, incident, message, mark, by, at }: Extract<Event, { type: 'timeline.kept' }>): Entry {
  const entry: Entry = {
    ...noted({ type: 'timeline.noted', id, incident, text: message.text, author: message.author, sayIn: null, by, at }),
    ...message,
    kind: 'message',
    isKeptByHand: mark === null,
  }
  return mark ? marked(entry, mark, true) : entry
}

function marked(entry: Entry, mark: MarkedBy, isThere: boolean): Entry {
  return { ...entry, marks: { ...entry.marks, [markKey(mark)]: { isThere, at: mark.at } } }
}

/** It was counted once however many reacted, so it goes only with the last of them. */
function withoutMark(entry: Entry, mark: MarkedBy): Entry {
  const after = marked(entry, mark, false)
  const isStillMarked = Object.values(after.marks).some(({ isThere }) => isThere)
  const goes = !isStillMarked && !entry.isKeptByHand && entry.status === 'kept'
  return goes ? { ...after, status: 'withdrawn' } : after
}

function withVersion(entry: Entry, why: Version['why'], until: Instant, by: string | null): Entry {
  const { text, saidAt, versions } = entry
  return { ...entry, versions: [...versions, { text, saidAt, until, by, why }] }
}

/** The entry that a message of this incident has, or would have. */
export function entryIdOf(incident: string, { channelId, ts }: Pick<Source, 'channelId' | 'ts'>): string {
  return `${incident}-${channelId}-${ts}`
}
