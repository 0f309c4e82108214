/** Where in somebody's JSON an alert stands, as tocsin.yml says it: a tool that we know nothing of can be a source. */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { shorten } from '../../../../lib/text.ts'
import { isObject, labelsOf, linksOf, momentOf, Text, titleLengthMax } from '../reading.ts'
import type { IncomingAlert, Parsed } from '../source.ts'

/** `monitor.checks.0.name` */
const Path = z
  .string()
  .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be a path: names and numbers, with dots between them')
  .transform((text) => text.split('.'))

export const Mapping = z.strictObject({
  /** A list: each of its items is an alert, and the other paths begin in it. Without it the body is one alert. */
  each: Path.optional(),
  title: Path,
  status: Path.optional(),
  /** Values of `status` that mean that it is over; with any other it fires. Capital letters are all the same. */
  resolvedWhen: z.array(z.coerce.string()).default(['resolved', 'ok']),
  severity: Path.optional(),
  /** What makes it the same alert the next time; without it the title and the labels do. */
  key: Path.optional(),
  summary: Path.optional(),
  link: Path.optional(),
  /** An address, a path or a name. */
  runbook: Path.optional(),
  startsAt: Path.optional(),
  endsAt: Path.optional(),
  labels: z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and _'), Path)
    .default({}),
})
export type Mapping = z.infer<typeof Mapping>

const itemsMax = 1_000

export function readMapped(mapping: Mapping, body: unknown, receivedAt: Date): Parsed {
  const items = mapping.each ? at(body, mapping.each) : [body]
  if (!Array.isArray(items)) return missing(mapping.each ?? [], 'is missing, or is no list')
  if (items.length > itemsMax) return missing(mapping.each ?? [], `has more than ${itemsMax} items`)
  const alerts: IncomingAlert[] = []
  for (const [index, item] of items.entries()) {
    const title = Text.parse(at(item, mapping.title))
    if (title === null) {
      const where = mapping.each ? [...mapping.each, String(index)] : []
      return missing([...where, ...mapping.title], 'is missing: the mapping takes the title from it')
    }
    alerts.push(toAlert(mapping, item, title, receivedAt))
  }
  return { alerts }
}

function toAlert(mapping: Mapping, item: unknown, title: string, receivedAt: Date): IncomingAlert {
  const text = (path: string[] | undefined) => (path ? Text.parse(at(item, path)) : null)
  const status = text(mapping.status)?.toLowerCase() ?? ''
  const isOver = mapping.resolvedWhen.some((word) => word.toLowerCase() === status)
  const received = receivedAt.toISOString()
  const moment = (path: string[] | undefined) => (path ? momentOf(at(item, path)) : null)
  const endsAt = isOver ? (moment(mapping.endsAt) ?? received) : null
  const labels = labelsOf(Object.fromEntries(Object.entries(mapping.labels).map(([name, path]) => [name, text(path)])))
  const key = text(mapping.key)
  const [summary, runbook] = [text(mapping.summary), text(mapping.runbook)]
  return {
    fingerprint: fingerprint(key === null ? { title, labels } : { key }),
    status: isOver ? 'resolved' : 'firing',
    startsAt: moment(mapping.startsAt) ?? endsAt ?? received,
    endsAt,
    title: shorten(title, titleLengthMax),
    labels,
    annotations: { ...(summary === null ? {} : { summary }), ...(runbook === null ? {} : { runbook }) },
    severityLabel: text(mapping.severity),
    links: linksOf([['Open at the source', text(mapping.link)]]),
    groupHint: null,
    extra: {},
  }
}

/** Own fields only: a path never leads to what JavaScript adds. */
function at(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const step of path) {
    if (Array.isArray(here)) here = /^\d+$/.test(step) ? here[Number(step)] : undefined
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined
  }
  return here
}

function missing(path: readonly string[], problem: string): Parsed {
  const field = path.join('.')
  return { field, problem: `"${field}" ${problem}` }
}
