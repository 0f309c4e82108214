/** The part of tocsin.yml that every feature may read. */
import { z } from 'zod'
import { Duration } from '../lib/duration.ts'

const channelName = z.string().regex(/^#[\p{Ll}\p{N}_-]{1,80}$/u, 'write a channel as "#incidents"')
const personId = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'write a person as a Slack id, U0123ABCD')

const groupHandle = z.string().regex(/^@[\w.-]+$/, 'write a user group as "@handle"')

const severity = z.strictObject({
  meaning: z.string(),
  /** What it looks like, for whoever has to choose at night. */
  examples: z.array(z.string()).default([]),
  /** The team whose people are paged. */
  page: z.string().nullable().default(null),
  /** How often everybody hears how it stands: always the same, or by the incident's state. Absent: whenever somebody says so. */
  updateEvery: z
    .union([Duration, z.record(z.string(), Duration)])
    .nullable()
    .default(null),
  mail: z.array(z.email('is no e-mail address')).default([]),
  /** Who is asked into the channel, beside the team that is paged: people, and user groups by their handle. */
  invite: z.array(z.union([personId, groupHandle])).default([]),
  /** Somebody is to have acknowledged by then. */
  acknowledgeWithin: Duration.nullable().default(null),
  /** Roles that are to be filled, by their names in `incidents.roles`. */
  roles: z.array(z.string()).default([]),
  /** Whether it has to be said if data was lost. */
  dataLoss: z.boolean().default(false),
  /** Whether it is to be looked back on when it is over. */
  postmortem: z.boolean().default(false),
})

const team = z.strictObject({
  members: z.array(personId).default([]),
  /** The environment variable that holds the PagerDuty routing key of this team. */
  routingKeyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable')
    .default('PAGERDUTY_ROUTING_KEY'),
})

const service = z.strictObject({
  team: z.string(),
  environments: z.array(z.string()).min(1).default(['production']),
})

const days = z.number().int().min(1).max(3_650)

export const sharedConfig = z.strictObject({
  channels: z
    .strictObject({
      incidents: channelName.default('#incidents'),
      alerts: channelName.default('#alerts'),
      ops: channelName.default('#ops'),
      updates: channelName.default('#status-updates'),
    })
    .prefault({}),
  severities: z.record(z.string().regex(/^P\d$/, 'name a severity P1 to P9'), severity),
  groups: z
    .record(z.string(), z.union([z.literal('everyone'), z.array(z.union([personId, groupHandle]))]))
    .default({ responders: 'everyone' }),
  teams: z.record(z.string(), team).default({}),
  services: z.record(z.string(), service).default({}),
  retention: z.strictObject({ inbox: days.default(14), outbox: days.default(30) }).prefault({}),
})

export type SharedConfig = z.infer<typeof sharedConfig>
