/**
 * Datadog monitors, by its webhook integration with the payload of docs/alert-sources.md. Datadog's own default payload
 * is read as well, as far as it goes: there the end of an alert shows only in its title.
 */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { shorten } from '../../../../lib/text.ts'
import { labelName, labelsOf, linksOf, misfit, momentOf, Text, titleLengthMax } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }

/** A variable that Datadog has no value for comes empty, as `null`, or as its own name. */
const Variable = Text.transform((text) => (text === null || text === 'null' || /^\$[A-Z_]+$/.test(text) ? null : text))

const Payload = z
  .looseObject(
    {
      id: Variable,
      alert_id: Variable,
      title: Variable,
      event_title: Variable,
      transition: Variable,
      cycle: Variable,
      key: Variable,
      priority: Variable,
      type: Variable,
      scope: Variable,
      tags: Variable,
      host: Variable,
      metric: Variable,
      status: Variable,
      message: Variable,
      body: Variable,
      link: Variable,
      snapshot: Variable,
      date: Variable,
    },
    { error: 'must be a JSON object, as docs/alert-sources.md has it' },
  )
  .refine(({ title, event_title }) => (title ?? event_title) !== null, { path: ['title'], error: 'is missing' })

export const datadog: AlertSource = {
  name: 'datadog',
  example,
  play({ startsAt, endsAt, nth }) {
    const scope = nth === 0 ? example.scope : `host:web-${nth}`
    return {
      ...example,
      transition: endsAt === null ? 'Triggered' : 'Recovered',
      title: example.title.replace('Triggered', endsAt === null ? 'Triggered' : 'Recovered'),
      date: String(Date.parse(endsAt ?? startsAt)),
      scope,
    }
  },
  parse(body, receivedAt) {
    const payload = Payload.safeParse(body)
    return payload.success ? { alerts: [toAlert(payload.data, receivedAt)] } : misfit(payload.error)
  },
}

// «[Triggered on {host:web-1}] CPU is high»: what stands in front changes with every notification.
const prefix = /^\[([^\]]*)\]\s*/

function toAlert(said: z.infer<typeof Payload>, receivedAt: Date): IncomingAlert {
  const heading = said.title ?? said.event_title ?? ''
  const transition = said.transition ?? prefix.exec(heading)?.[1] ?? ''
  const isResolved = /^(recovered|resolved)/i.test(transition)
  const at = momentOf(said.date) ?? receivedAt.toISOString()
  const title = heading.replace(prefix, '')
  const monitor = said.alert_id ?? said.id
  const summary = said.status ?? firstLine(said.message ?? said.body)
  return {
    // A monitor that watches many groups is one alert for each of them.
    fingerprint: fingerprint(monitor === null ? { title, scope: said.scope } : { monitor, scope: said.scope }),
    status: isResolved ? 'resolved' : 'firing',
    startsAt: at,
    endsAt: isResolved ? at : null,
    title: shorten(title === '' ? heading : title, titleLengthMax),
    labels: labelsOf({
      ...tagsOf(said.tags),
      ...tagsOf(said.scope),
      host: said.host,
      metric: said.metric,
      monitor,
      priority: said.priority,
    }),
    annotations: summary === null ? {} : { summary },
    severityLabel: isResolved ? null : severityOf(said, transition),
    links: linksOf([
      ['Datadog', said.link],
      ['Graph', said.snapshot],
    ]),
    groupHint: said.key,
    extra: {
      ...(transition === '' ? {} : { transition }),
      ...(said.cycle === null ? {} : { cycle: said.cycle }),
      ...(said.message === null ? {} : { message: said.message }),
    },
  }
}

/** The monitor's priority, where it has one; else how loud this notification is. */
function severityOf({ priority, type }: z.infer<typeof Payload>, transition: string): string | null {
  if (priority !== null) return priority
  return /warn/i.test(transition) ? 'warning' : type
}

/** `env:prod,team:platform`; a tag without a value is kept as one that is true. */
function tagsOf(text: string | null): Record<string, string> {
  const tags = (text ?? '').split(',').flatMap((tag) => {
    const [name = '', ...value] = tag.trim().split(':')
    return labelName(name) === '' ? [] : [[labelName(name), value.length === 0 ? 'true' : value.join(':')] as const]
  })
  return Object.fromEntries(tags)
}

function firstLine(text: string | null): string | null {
  return text?.replaceAll('%%%', '').trim().split('\n')[0]?.trim() || null
}
