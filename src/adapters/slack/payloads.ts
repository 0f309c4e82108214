/** What Slack posts, as JSON: what it is, and by what name Slack knows it. */
import { createHash } from 'node:crypto'

export type Payload = Readonly<Record<string, unknown>>

/** Events are JSON, a command is a form, an interaction a form with JSON in it. Throws when it is none of these. */
export function payloadOf(body: string): Payload {
  if (body.startsWith('{')) return recordIn(body)
  const form = Object.fromEntries(new URLSearchParams(body))
  return form.payload === undefined ? form : recordIn(form.payload)
}

function recordIn(json: string): Payload {
  const value: unknown = JSON.parse(json)
  if (!isRecord(value)) throw new Error('not a JSON object')
  return value
}

/** Whether anything of ours could be meant. What is not, is acknowledged and not kept. */
export function isForUs({ type, command }: Payload): boolean {
  return typeof command === 'string' || kinds.includes(String(type))
}

const kinds = ['block_actions', 'view_submission', 'shortcut', 'message_action', 'event_callback']

/** Slack's own identity for the delivery: exact copies have the same, also those that do not say they are a retry. */
export function keyOf(payload: Payload, text: string): string {
  if (typeof payload.event_id === 'string') return `event/${payload.event_id}`
  const kind = typeof payload.command === 'string' ? 'command' : String(payload.type)
  if (typeof payload.trigger_id === 'string') return `${kind}/${payload.trigger_id}`
  return `${kind}/${createHash('sha256').update(text).digest('base64url')}`
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
