/** What `tocsin check` says of schedules, climbs and people that the shape of the file does not show. */
import type { Problem } from '../../core/config.ts'
import type { Ground, LintedAt } from '../../core/feature.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import type { OncallConfig } from './config.ts'
import { gapsBetween } from './rotation.ts'

type Linted = Pick<Ground, 'config'>

export function lintOncall(ground: Linted, at: LintedAt): Problem[] {
  return [...findGaps(ground, at), ...findUnreachable(ground, at), ...findIdleSteps(ground, at)]
}

const days = 30

/** Hours in which nobody would be called, in the days that come. */
export function findGaps({ config }: Linted, { now, file, lineOf }: LintedAt): Problem[] {
  const own = config.oncall as OncallConfig
  const until = now.getTime() + days * 86_400_000
  return Object.entries(own.schedules).flatMap(([name, { timeZone, layers, holidays }]) => {
    const gaps = gapsBetween({ zone: zoneOf(timeZone), layers, holidays }, now.getTime(), until)
    const [first] = gaps
    if (!first) return []
    const moment = new Date(first.from).toISOString().slice(0, 16).replace('T', ' ')
    const count = gaps.length === 1 ? 'the only gap' : `the first of ${gaps.length} gaps`
    return [
      {
        file,
        line: lineOf(['oncall', 'schedules', name]),
        key: `oncall.schedules.${name}`,
        problem: `nobody is on call from ${moment} UTC, ${count} in the next ${days} days`,
        accepted: 'Add a layer that covers it',
      },
    ]
  })
}

/** People who may be called and whom nobody could reach: unknown here, without a number, or by a way that they lack. */
function findUnreachable({ config }: Linted, { file, lineOf }: LintedAt): Problem[] {
  const own = config.oncall as OncallConfig
  const problemAt = (path: (string | number)[], problem: string, accepted: string): Problem => ({
    file,
    line: lineOf(['oncall', ...path]),
    key: ['oncall', ...path].join('.'),
    problem,
    accepted,
  })
  const unknown = [...placesOf(own)].flatMap(([person, path]) =>
    person in own.people
      ? []
      : [
          problemAt(
            path,
            `calls ${person}, of whom nothing is known`,
            'Give their name and number below oncall.people',
          ),
        ],
  )
  const silent = Object.entries(own.people).flatMap(([person, { name, phone }]) =>
    phone === null
      ? [problemAt(['people', person], `${name} has no phone number`, 'Give one, for when everything else fails')]
      : [],
  )
  const mailless = Object.entries(own.teams).flatMap(([team, { climb }]) =>
    climb.flatMap(({ call, by }, index) =>
      call
        .flatMap((called) => peopleBehind(called, own))
        .filter((person) => by.includes('mail') && own.people[person]?.email === null)
        .map((person) =>
          problemAt(
            ['teams', team, 'climb', index],
            `calls ${own.people[person]?.name} by mail, who has no e-mail address here`,
            'Give one below oncall.people',
          ),
        ),
    ),
  )
  return [...unknown, ...silent, ...mailless]
}

/** Everybody whom a layer, a step or a role names, and where that is first. */
function placesOf(own: OncallConfig): ReadonlyMap<string, (string | number)[]> {
  const places = new Map<string, (string | number)[]>()
  const add = (person: string, path: (string | number)[]) => {
    if (isPerson(person) && !places.has(person)) places.set(person, path)
  }
  for (const [name, { layers }] of Object.entries(own.schedules))
    for (const [index, { people }] of layers.entries())
      for (const person of people) add(person, ['schedules', name, 'layers', index])
  for (const [name, { climb }] of Object.entries(own.teams))
    for (const [index, { call }] of climb.entries()) for (const one of call) add(one, ['teams', name, 'climb', index])
  for (const [name, called] of Object.entries(own.roles)) for (const one of called) add(one, ['roles', name])
  return places
}

/** A climb that goes in a circle: a step that calls only whom an earlier one called, in no other way. */
function findIdleSteps({ config }: Linted, { file, lineOf }: LintedAt): Problem[] {
  const own = config.oncall as OncallConfig
  return Object.entries(own.teams).flatMap(([team, { climb }]) =>
    climb.flatMap(({ call, by }, index) => {
      const earlier = climb.slice(0, index)
      const isIdle = call.every((one) =>
        earlier.some((step) => step.call.includes(one) && by.every((way) => step.by.includes(way))),
      )
      if (!isIdle) return []
      const path = ['oncall', 'teams', team, 'climb', index]
      const problem = 'calls only whom an earlier step called, and in the same way'
      return [
        { file, line: lineOf(path), key: path.join('.'), problem, accepted: 'Call somebody else, or by another way' },
      ]
    }),
  )
}

function peopleBehind(called: string, own: OncallConfig): readonly string[] {
  const schedule = /^schedule (.+)$/.exec(called)?.[1]
  if (schedule === undefined) return isPerson(called) ? [called] : []
  return [...new Set(own.schedules[schedule]?.layers.flatMap(({ people }) => people))]
}

function isPerson(called: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/.test(called)
}
