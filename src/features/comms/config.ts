/** What can be configured about messages to clients, below `comms:` in tocsin.yml. */
import { z } from 'zod'
import type { ConfigPart, Ground } from '../../core/feature.ts'
import { Duration } from '../../lib/duration.ts'
import { locales } from './locale.ts'
import { statusPageSchema } from './status-page/config.ts'

const minute = 60_000
const hour = 60 * minute
const names = z.array(z.string().min(1)).default([])
const channel = z.string().regex(/^#[\p{Ll}\p{N}_-]{1,80}$/u, 'write a channel as "#status-updates"')
const locale = z.enum(locales, { error: `use ${locales.join(', ')}` })

const audience = z.strictObject({
  /** `client` reads the message alone, `internal` also which incident it is about, `executive` three lines. */
  kind: z.enum(['client', 'internal', 'executive'], { error: 'use client, internal or executive' }),
  locale: locale.default('en'),
  slack: z.array(channel).default([]),
  mail: z.array(z.email('is no e-mail address')).default([]),
})

const webhook = z.strictObject({
  url: z.url('write an address'),
  secretVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable'),
  locale: locale.default('en'),
})

export const commsSchema = z
  .strictObject({
    /** Severities for which a client update is drafted at once, and after how long the first one is due. */
    firstDue: z.record(z.string(), Duration).default({ P1: 5 * minute, P2: 10 * minute }),
    /** How long after a message the next one is promised when the form does not say: one span, or one for each phase. */
    nextAfter: z.record(z.string(), z.union([Duration, z.record(z.string(), Duration)])).default({
      P1: { investigating: 20 * minute, identified: 20 * minute, monitoring: 30 * minute },
      P2: { investigating: 30 * minute, identified: 30 * minute, monitoring: hour },
      P3: { investigating: hour, identified: hour, monitoring: 2 * hour },
    }),
    /** How late a message is when it is asked for; after the last of these nobody is asked again. */
    remindAfter: z
      .array(Duration)
      .min(1)
      .default([0, 5 * minute, 10 * minute]),
    /** Severities at which whoever speaks for the incident, else its lead, is called when a message was asked for in vain. */
    callWhenOverdue: z.array(z.string()).default([]),
    /** Severities at which a person must say whether clients are concerned. */
    needsImpact: z.array(z.string()).default(['P1', 'P2']),
    /** Whose messages a second person must approve: severities, `maintenance`, `notice`. */
    secondPerson: z.array(z.string()).default(['P1', 'P2', 'notice']),
    /** A team of one approves its own messages. They are marked. */
    solo: z.boolean().default(false),
    /** The group of those who approve. */
    approvers: z.string().default('approvers'),
    /** The group of those who may approve messages about private and security incidents. */
    disclosers: z.string().default('disclosers'),
    /** Where messages that belong to no incident are read before they go out. */
    reviewIn: channel.default('#incidents'),
    /** How long before the end of a maintenance somebody is asked whether it holds. */
    askBeforeEnd: Duration.default(5 * minute),
    /** How long before planned work clients are reminded of it. */
    remindOfWork: z.array(Duration).default([24 * hour, hour]),
    /** How many e-mails a subscriber gets within five minutes; what comes beyond is one mail at their end. */
    mailsAtOnce: z.number().int().min(1).max(100).default(3),
    /** What is done with an e-mail whose server may have it already when the bot dies: once more by the same Message-ID, or a person is asked. */
    mailInDoubt: z.enum(['send-again', 'ask']).default('send-again'),
    /** When executives read what clients were told that day, as cron says it, in UTC; null never. */
    digest: z
      .string()
      .regex(/^(\S+\s+){4}\S+$/, 'write it as cron does: "0 8 * * 1-5"')
      .nullable()
      .default(null),
    /** In which languages messages are written, beside those of the audiences; people fill in the form in the first. */
    locales: z.array(locale).min(1).default(['en']),
    /** What clients may know the services by, in the order of the status page. */
    components: z
      .record(
        z.string(),
        z.strictObject({
          name: z.string().min(1),
          group: z.string().default(''),
          /** A line below its name on the status page. */
          description: z.string().default(''),
          /** Keys of `services` that it stands for. */
          services: z.array(z.string()).default([]),
        }),
      )
      .default({}),
    statusPage: statusPageSchema,
    audiences: z.record(z.string().regex(/^[a-z0-9-]+$/, 'use small letters, digits and -'), audience).default({}),
    /** Machines of others that are told, by signed POST. */
    webhooks: z.record(z.string(), webhook).default({}),
    /** Where clients may turn to; printed below messages. */
    contact: z.string().default(''),
    /** What must never reach clients: names of ours, names of theirs; and the hosts that links may lead to. */
    words: z.strictObject({ internal: names, customers: names, people: names, hosts: names }).prefault({}),
  })
  .prefault({})

export type CommsConfig = z.infer<typeof commsSchema>

/** Whether clients are to hear of incidents of this severity. For features to the right. */
export function clientsHearOf(config: Ground['config'], severity: string): boolean {
  return Object.hasOwn((config.comms as CommsConfig).firstDue, severity)
}

export const commsConfig: ConfigPart = {
  schema: commsSchema,
  check(config) {
    const { firstDue, nextAfter, needsImpact, callWhenOverdue, secondPerson, components, statusPage, locales } =
      config.comms as CommsConfig
    const severities = Object.keys(config.severities)
    const services = Object.keys(config.services)
    const unknown = (
      what: string,
      accepted: readonly string[],
      named: readonly { path: (string | number)[]; name: string }[],
    ) =>
      named
        .filter(({ name }) => !accepted.includes(name))
        .map(({ path, name }) => ({ path, problem: `"${name}" is no ${what}`, accepted: `Use ${accepted.join(', ')}` }))
    const keys = (field: string, values: Readonly<Record<string, unknown>>) =>
      Object.keys(values).map((name) => ({ path: [field, name], name }))
    const listed = (field: string, values: readonly string[]) =>
      values.map((name, index) => ({ path: [field, index], name }))
    return [
      ...unknown('severity', severities, [
        ...keys('firstDue', firstDue),
        ...keys('nextAfter', nextAfter),
        ...listed('needsImpact', needsImpact),
        ...listed('callWhenOverdue', callWhenOverdue),
      ]),
      ...unknown('severity', [...severities, 'maintenance', 'notice'], listed('secondPerson', secondPerson)),
      // Nothing would ever be written in the language of the page.
      ...unknown('language of comms.locales', locales, [{ path: ['statusPage', 'locale'], name: statusPage.locale }]),
      ...unknown(
        'service',
        services,
        Object.entries(components).flatMap(([key, component]) =>
          component.services.map((name, index) => ({ path: ['components', key, 'services', index], name })),
        ),
      ),
    ]
  },
}
