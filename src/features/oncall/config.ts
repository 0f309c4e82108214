/** What can be configured about being on call, below `oncall:` in tocsin.yml. */
import { z } from 'zod'
import type { Mismatch } from '../../core/config.ts'
import type { ConfigPart } from '../../core/feature.ts'
import { isCron } from '../../core/schedule.ts'
import { Duration } from '../../lib/duration.ts'
import { isZone } from '../../lib/wallclock.ts'

const minute = 60_000
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const personId = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'write a person as a Slack id, U0123ABCD')
const pagerdutyId = z
  .string()
  .regex(/^[A-Z0-9]{4,20}$/, 'write an id of PagerDuty, as it ends the address there: PT20YPA')
const date = z.iso.date('write a day as 2026-01-05')
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as 09:00')
  .transform(minutesOf)
const weekday = z.enum(weekdays).transform((name) => weekdays.indexOf(name) + 1)

const layer = z.strictObject({
  people: z.array(personId).min(1, 'name at least one person'),
  turn: z.enum(['day', 'week']).default('week'),
  /** When the next person takes over, by the clock on the wall in the schedule's zone. */
  handOverAt: timeOfDay.default(9 * 60),
  handOverOn: weekday.default(1),
  /** The day on which the first person begins. */
  starts: date,
  /** Holds only within these hours, «22:00-06:00» through the night. */
  hours: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'write hours as 09:00-17:00')
    .transform((text) => ({ from: minutesOf(text.slice(0, 5)), to: minutesOf(text.slice(6)) }))
    .nullable()
    .default(null),
  days: z.array(weekday).min(1).nullable().default(null),
  restsOnHolidays: z.boolean().default(false),
})

const schedule = z.strictObject({
  timeZone: z.string().refine(isZone, 'is no time zone: write Europe/Lisbon'),
  layers: z.array(layer).min(1, 'a schedule needs a layer'),
  holidays: z.array(date).default([]),
  /** Where a new shift is announced; nowhere when it is left out. */
  handOverIn: z
    .string()
    .regex(/^#[\p{Ll}\p{N}_-]{1,80}$/u, 'write a channel as "#ops"')
    .nullable()
    .default(null),
  /** Kept at who is on call; schedules that name the same one share it. People make it first. */
  userGroup: z
    .string()
    .regex(/^@[a-z0-9._-]{1,21}$/, 'write a user group as "@oncall-platform"')
    .nullable()
    .default(null),
})

const step = z.strictObject({
  /** How long after the page was sent, while nobody has acknowledged it. */
  after: Duration,
  /** `pagerduty`, `schedule <name>`, or a person. */
  call: z.array(z.string()).min(1, 'say whom to call'),
  /** `slack`, `mail`, or the name of a webhook. */
  by: z.array(z.string()).min(1).default(['slack', 'mail']),
})

const person = z.strictObject({
  name: z.string(),
  email: z.email('is no e-mail address').nullable().default(null),
  phone: z.string().nullable().default(null),
  timeZone: z.string().refine(isZone, 'is no time zone: write Europe/Lisbon').nullable().default(null),
  /** Their id in PagerDuty; needed where the e-mail address there is another one. */
  pagerduty: pagerdutyId.nullable().default(null),
})

const team = z.strictObject({
  climb: z.array(step).min(1),
  /** What this team has in PagerDuty, to say who is on call there. */
  pagerduty: z
    .strictObject({ policy: pagerdutyId.nullable().default(null), schedules: z.array(pagerdutyId).default([]) })
    .prefault({}),
})

const pagerduty = z.strictObject({
  /** The e-mail address of the user there in whose name notes are written and priorities set; without one none are. */
  actAs: z.email('is no e-mail address').nullable().default(null),
  /** What is noted on an incident, a new severity and how it ended are noted there as well. */
  notes: z.boolean().default(false),
  /** Of private incidents too: their words are then read by everybody there. */
  notesOfPrivate: z.boolean().default(false),
  /** What our severities are called there. */
  priorities: z.record(z.string(), z.string()).default({}),
})

const contact = z.strictObject({
  name: z.string(),
  /** What they help with: the cloud, the database, monitoring. */
  for: z.string(),
  phone: z.string().nullable().default(null),
  email: z.string().nullable().default(null),
  url: z.url().nullable().default(null),
  /** What they ask for: a contract number, the plan. */
  note: z.string().default(''),
})

export const oncallSchema = z
  .strictObject({
    people: z.record(personId, person).default({}),
    schedules: z.record(z.string().regex(/^[a-z0-9-]{1,30}$/, 'use small letters, digits and -'), schedule).default({}),
    teams: z.record(z.string(), team).default({}),
    pagerduty: pagerduty.prefault({}),
    /** Whom a page by what somebody is calls: `schedule <name>`, or Slack ids. */
    roles: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{1,29}$/, 'use small letters, digits and -'), z.array(z.string()).min(1))
      .default({}),
    webhooks: z
      .record(
        z.string(),
        z.strictObject({
          url: z.url(),
          secretVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable'),
        }),
      )
      .default({}),
    /** After the last step, how long until a page counts as answered by nobody. */
    giveUpAfter: Duration.default(10 * minute),
    /** A second page to the same people within this time is not sent; it is said who was paged. */
    sameAgainAfter: Duration.default(10 * minute),
    /** Five fields of cron, in UTC: when test pages go out by themselves. */
    testPages: z
      .string()
      .refine(
        isCron,
        'is no time of a calendar: write five fields of cron, as "0 10 1 * *" for the first of each month at ten',
      )
      .nullable()
      .default(null),
    /** What somebody can follow up on in one shift; `/oncall load` says which had more. */
    incidentsAShift: z.int().min(1).default(2),
    contacts: z.array(contact).default([]),
  })
  .prefault({})

export type OncallConfig = z.infer<typeof oncallSchema>
export type Contact = OncallConfig['contacts'][number]

/** What the file names of PagerDuty: whether it is there, only PagerDuty knows. */
export function namedThere(config: Readonly<Record<string, unknown>>) {
  const { teams, pagerduty } = config.oncall as OncallConfig
  const there = Object.values(teams).map((one) => one.pagerduty)
  return {
    policies: there.flatMap(({ policy }) => policy ?? []),
    schedules: there.flatMap(({ schedules }) => schedules),
    actAs: pagerduty.actAs,
    priorities: [...new Set(Object.values(pagerduty.priorities))],
  }
}

/** Whether it is said below `oncall.people` how to reach them. */
export function isReachable(config: Readonly<Record<string, unknown>>, person: string): boolean {
  return person in (config.oncall as OncallConfig).people
}

/** Whether what is said about an incident is told in PagerDuty. */
export function isToldThere(config: Readonly<Record<string, unknown>>, isPrivate: boolean): boolean {
  const { actAs, notes, notesOfPrivate } = (config.oncall as OncallConfig).pagerduty
  return actAs !== null && notes && (!isPrivate || notesOfPrivate)
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
}

export const oncallConfig: ConfigPart = {
  schema: oncallSchema,
  check(config) {
    const own = config.oncall as OncallConfig
    const teams = Object.keys(config.teams)
    const mismatches: Mismatch[] = []
    for (const [name, { climb }] of Object.entries(own.teams)) {
      if (!teams.includes(name))
        mismatches.push({ path: ['teams', name], problem: `"${name}" is no team`, accepted: `Use ${teams.join(', ')}` })
      for (const [index, { after, call, by }] of climb.entries()) {
        const path = ['teams', name, 'climb', index]
        for (const [place, called] of call.entries())
          mismatches.push(...problemsOfCall(called, own).map((found) => ({ path: [...path, 'call', place], ...found })))
        for (const [place, way] of by.entries())
          mismatches.push(...problemsOfWay(way, own).map((found) => ({ path: [...path, 'by', place], ...found })))
        const before = climb[index - 1]
        if (before && before.after >= after)
          mismatches.push({
            path: [...path, 'after'],
            problem: 'is not later than the step before it',
            accepted: 'Write steps in their order',
          })
      }
    }
    for (const [role, called] of Object.entries(own.roles)) {
      if (teams.includes(role) || role in config.services)
        mismatches.push({
          path: ['roles', role],
          problem: `"${role}" is a team or a service`,
          accepted: 'Use another name',
        })
      for (const [place, one] of called.entries())
        mismatches.push(...problemsOfRole(one, own).map((found) => ({ path: ['roles', role, place], ...found })))
    }
    const severities = Object.keys(config.severities)
    for (const severity of Object.keys(own.pagerduty.priorities)) {
      if (severities.includes(severity)) continue
      const path = ['pagerduty', 'priorities', severity]
      mismatches.push({ path, problem: `"${severity}" is no severity`, accepted: `Use ${severities.join(', ')}` })
    }
    return mismatches
  },
}

function problemsOfCall(called: string, own: OncallConfig): Omit<Mismatch, 'path'>[] {
  if (called === 'pagerduty' || /^[UW][A-Z0-9]{2,}$/.test(called)) return []
  const schedules = Object.keys(own.schedules)
  const name = /^schedule (.+)$/.exec(called)?.[1]
  if (name !== undefined && schedules.includes(name)) return []
  const known = schedules.map((schedule) => `"schedule ${schedule}"`)
  return [{ problem: `"${called}" is nobody to call`, accepted: `Use pagerduty, a Slack id, ${known.join(', ')}` }]
}

/** PagerDuty is called for a team: by its policy, with its key. */
function problemsOfRole(called: string, own: OncallConfig): Omit<Mismatch, 'path'>[] {
  if (called !== 'pagerduty') return problemsOfCall(called, own)
  return [{ problem: 'a role has no policy there', accepted: 'Name a schedule or Slack ids, or page the team' }]
}

function problemsOfWay(way: string, own: OncallConfig): Omit<Mismatch, 'path'>[] {
  const ways = ['slack', 'mail', ...Object.keys(own.webhooks)]
  return ways.includes(way) ? [] : [{ problem: `"${way}" is no way to call`, accepted: `Use ${ways.join(', ')}` }]
}
