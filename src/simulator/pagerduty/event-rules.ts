/** What PagerDuty's Events API v2 takes for an event, and how it says no. */
import { z } from 'zod'

/** One event as the service understood it. */
export type PagerEvent = z.infer<typeof Event>

export interface Refusal {
  status: 400 | 413
  body: { status: string; message: string; errors: string[] }
}

// The service's own limits: half a megabyte an event, and what one line on a phone can hold.
const eventBytesMax = 512 * 1_024
const summaryMax = 1_024
const keyMax = 255
const routingKeyLength = 32

const Key = z
  .string('is missing or blank')
  .min(1, 'is missing or blank')
  .max(keyMax, `is longer than ${keyMax} characters`)
const Addressed = z.object({
  routing_key: z
    .string('is missing or blank')
    .length(routingKeyLength, `has the wrong length, it has ${routingKeyLength} characters`),
})
const Trigger = Addressed.extend({
  event_action: z.literal('trigger'),
  dedup_key: Key.optional(),
  payload: z.object(
    {
      summary: z
        .string('is missing or blank')
        .min(1, 'is missing or blank')
        .max(summaryMax, `is longer than ${summaryMax} characters`),
      source: z.string('is missing or blank').min(1, 'is missing or blank'),
      severity: z.enum(['critical', 'error', 'warning', 'info'], 'is none of critical, error, warning, info'),
      timestamp: z
        .string('is no text')
        .refine((text) => !Number.isNaN(Date.parse(text)), 'is no moment')
        .optional(),
      custom_details: z.record(z.string(), z.unknown(), 'is no object').optional(),
    },
    'is missing',
  ),
  links: z.array(z.object({ href: z.string('is missing'), text: z.string('is no text').optional() })).optional(),
})
const Event = z.discriminatedUnion(
  'event_action',
  [
    Trigger,
    Addressed.extend({ event_action: z.literal('acknowledge'), dedup_key: Key }),
    Addressed.extend({ event_action: z.literal('resolve'), dedup_key: Key }),
  ],
  'is none of trigger, acknowledge, resolve',
)

export function readEvent(body: string): { event: PagerEvent } | { refusal: Refusal } {
  if (Buffer.byteLength(body) > eventBytesMax) return refuse(413, `the event is larger than ${eventBytesMax} bytes`)
  const parsed = parseJson(body)
  if (parsed === undefined) return refuse(400, 'the body is no JSON')
  const checked = Event.safeParse(parsed)
  if (checked.success) return { event: checked.data }
  return refuse(400, ...checked.error.issues.map(({ path, message }) => `'${path.join('.') || 'event'}' ${message}`))
}

function refuse(status: Refusal['status'], ...errors: string[]): { refusal: Refusal } {
  return { refusal: { status, body: { status: 'invalid event', message: 'Event object is invalid', errors } } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
