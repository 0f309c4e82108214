/** The rules of being on call, made once from tocsin.yml. */
import { createHmac } from 'node:crypto'
import type { Db } from '../../core/db.ts'
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import type { Contact, OncallConfig } from './config.ts'
import type { Policy, Step, Target } from './domain.ts'
import { type HandOver, handOverPane } from './handover/slot.ts'
import type { RosterPolicy } from './roster/domain.ts'
import { personNamed, type TeamThere } from './roster/lines.ts'
import type { Rotation } from './rotation.ts'
import type { SchedulePolicy } from './schedules.ts'

export interface Rules extends Policy, SchedulePolicy, RosterPolicy {
  templates: Templates
  publicUrl: string
  opsChannel: string
  teams: readonly string[]
  services: readonly string[]
  roles: readonly string[]
  teamOf(service: string): string | null
  severities: readonly string[]
  pagedFor(severity: string): string | null
  schedules: readonly string[]
  people: OncallConfig['people']
  webhooks: OncallConfig['webhooks']
  handOverIn(schedule: string): string | null
  /** What features to the right say at a hand-over. */
  readHandOver(db: Db, given: HandOver): Promise<readonly string[]>
  /** The user group that is kept at who is on call there; several schedules may share one. */
  groupOf(schedule: string): string | null
  schedulesOf(group: string): readonly string[]
  contacts: readonly Contact[]
  /** More than this in one shift is too many. */
  incidentsAShift: number
  /** What teams have in PagerDuty. */
  there: readonly TeamThere[]
  /** In whose name PagerDuty is told of things, and what severities are called there. */
  pagerduty: OncallConfig['pagerduty']
  /** Signs what only its receiver may use: a link in a mail, a calendar's address. */
  sign(what: string): string
}

// A team of which nothing is said is paged as PagerDuty has it.
const byPagerDuty: readonly Step[] = [{ after: 0, call: ['pagerduty'], by: ['slack', 'mail'] }]

export function makeRules({ config, templates, slots, publicUrl, linkSecret }: Ground): Rules {
  const own = config.oncall as OncallConfig
  const rotations = new Map(
    Object.entries(own.schedules).map(([name, { timeZone, layers, holidays }]) => [
      name,
      { zone: zoneOf(timeZone), layers, holidays } satisfies Rotation,
    ]),
  )
  const there = Object.entries(own.teams)
    .map(([team, { pagerduty }]) => ({ team, ...pagerduty }))
    .filter(({ policy, schedules }) => policy !== null || schedules.length > 0)
  return {
    templates,
    publicUrl,
    opsChannel: config.channels.ops,
    teams: Object.keys(config.teams),
    services: Object.keys(config.services),
    roles: Object.keys(own.roles),
    severities: Object.keys(config.severities),
    pagedFor: (severity) => config.severities[severity]?.page ?? null,
    teamOf: (service) => config.services[service]?.team ?? null,
    schedules: Object.keys(own.schedules),
    rotationOf: (schedule) => rotations.get(schedule) ?? null,
    people: own.people,
    webhooks: own.webhooks,
    handOverIn: (schedule) => own.schedules[schedule]?.handOverIn ?? null,
    readHandOver: (db, given) => slots.read(handOverPane, db, given),
    groupOf: (schedule) => own.schedules[schedule]?.userGroup ?? null,
    schedulesOf: (group) =>
      Object.entries(own.schedules).flatMap(([name, { userGroup }]) => (userGroup === group ? [name] : [])),
    contacts: own.contacts,
    incidentsAShift: own.incidentsAShift,
    there,
    watched: {
      policies: there.flatMap(({ policy }) => policy ?? []),
      schedules: there.flatMap(({ schedules }) => schedules),
    },
    emails: Object.values(own.people).flatMap(({ email }) => email?.toLowerCase() ?? []),
    pagerduty: own.pagerduty,
    giveUpAfter: own.giveUpAfter,
    sameAgainAfter: own.sameAgainAfter,
    personOf: (user) => personNamed(user, own.people),
    stepsFor: (target) => stepsFor(target, own, Object.keys(config.teams)),
    sign: (what) => createHmac('sha256', linkSecret).update(what).digest('base64url').slice(0, 32),
  }
}

function stepsFor({ team, person, role }: Target, own: OncallConfig, teams: readonly string[]): readonly Step[] {
  const everyWay = ['slack', 'mail', ...Object.keys(own.webhooks)]
  if (person !== null) return [{ after: 0, call: [person], by: everyWay }]
  const called = role === undefined ? undefined : own.roles[role]
  if (called !== undefined) return [{ after: 0, call: called, by: everyWay }]
  if (team === null || !teams.includes(team)) return []
  return own.teams[team]?.climb ?? byPagerDuty
}
