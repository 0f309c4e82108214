/** What can be configured about escalation, below `escalation:` in tocsin.yml. */
import { z } from 'zod'
import type { Mismatch } from '../../core/config.ts'
import type { ConfigPart } from '../../core/feature.ts'
import type { SharedConfig } from '../../core/shared-config.ts'
import { Duration } from '../../lib/duration.ts'
import { type Preset, presets } from './presets.ts'

const rung = z.strictObject({
  /** After the incident was declared. */
  after: Duration,
  who: z.array(z.string()).min(1, 'a rung without anybody is a gap'),
  unless: z.enum(['acknowledged', 'led', 'over']).default('over'),
})

const ladder = z.strictObject({
  severities: z.array(z.string()).min(1, 'name at least one severity'),
  /** Only for incidents of these services; without them for all. */
  services: z.array(z.string()).min(1, 'name a service, or leave it out').nullable().default(null),
  preset: z.enum(['response', 'leadership']).nullable().default(null),
  how: z.enum(['page', 'tell']).nullable().default(null),
  /** Takes the place of the preset's rungs. */
  rungs: z.array(rung).default([]),
})

export const escalationSchema = z
  .strictObject({
    /** What the words on the ladders mean: `service team`, `team <name>`, a Slack id, a channel, an e-mail address. */
    who: z.record(z.string(), z.array(z.string()).min(1, 'name somebody')).default({}),
    /** An update that is still missing after communications and the lead were asked for it. */
    lateUpdates: z
      .strictObject({
        severities: z.array(z.string()).default([]),
        /** Words that `who` explains. */
        who: z.array(z.string()).default([]),
      })
      .prefault({}),
    ladders: z.record(z.string().regex(/^[a-z0-9-]{1,30}$/, 'use small letters, digits and -'), ladder).default({}),
  })
  .prefault({})

/** The team of the incident's service; of one without a service, the team that its severity pages. */
export const serviceTeam = 'service team'

export type EscalationConfig = z.infer<typeof escalationSchema>
export type LadderConfig = EscalationConfig['ladders'][string]

export function climbOf({ preset, how, rungs }: LadderConfig): Preset {
  const given: Preset | null = preset === null ? null : presets[preset]
  return { how: how ?? given?.how ?? 'tell', rungs: rungs.length > 0 ? rungs : (given?.rungs ?? []) }
}

export const escalationConfig: ConfigPart = {
  schema: escalationSchema,
  check(config) {
    const own = config.escalation as EscalationConfig
    return [
      ...Object.entries(own.who).flatMap(([word, meant]) =>
        meant.flatMap((one, index) =>
          checkMeant(one, config).map((found) => ({ path: ['who', word, index], ...found })),
        ),
      ),
      ...checkLateUpdates(own, config).map(({ path, ...found }) => ({ path: ['lateUpdates', ...path], ...found })),
      ...Object.entries(own.ladders).flatMap(([name, given]) =>
        checkLadder(given, own, config).map(({ path, ...found }) => ({ path: ['ladders', name, ...path], ...found })),
      ),
    ]
  },
}

function checkMeant(meant: string, { teams }: SharedConfig): Omit<Mismatch, 'path'>[] {
  if (meant === serviceTeam) return []
  const team = /^team (.+)$/.exec(meant)?.[1]
  if (team !== undefined)
    return team in teams ? [] : [{ problem: `"${team}" is no team`, accepted: `Use ${Object.keys(teams).join(', ')}` }]
  const isKnown = /^[UW][A-Z0-9]{2,}$|^#[\p{Ll}\p{N}_-]+$|^[^@\s]+@[^@\s]+$/u.test(meant)
  const accepted = 'Write "service team", "team platform", a Slack id (U0123ABCD), "#channel" or an e-mail address'
  return isKnown ? [] : [{ problem: `"${meant}" is nobody`, accepted }]
}

function checkLateUpdates({ lateUpdates, who }: EscalationConfig, { severities }: SharedConfig): Mismatch[] {
  const known = Object.keys(severities)
  const isTeam = (meant: string) => meant === serviceTeam || meant.startsWith('team ')
  return [
    ...unknownNames(['severities'], lateUpdates.severities, known, 'severity'),
    ...lateUpdates.who.flatMap((word, index): Mismatch[] => {
      const path = ['who', index]
      if (!(word in who))
        return [{ path, problem: `nobody is "${word}"`, accepted: `Say who that is, below escalation.who` }]
      if (!who[word]?.some(isTeam)) return []
      const accepted = 'Use a word that means people, channels or addresses'
      return [{ path, problem: `"${word}" means a team, which is paged and cannot be told`, accepted }]
    }),
  ]
}

function unknownNames(
  path: readonly (string | number)[],
  names: readonly string[],
  known: readonly string[],
  what: string,
): Mismatch[] {
  const accepted = `Use ${known.join(', ') || 'one that is configured'}`
  return names.flatMap((name, index) =>
    known.includes(name) ? [] : [{ path: [...path, index], problem: `"${name}" is no ${what}`, accepted }],
  )
}

function checkLadder(given: LadderConfig, own: EscalationConfig, shared: SharedConfig): Mismatch[] {
  const { rungs } = climbOf(given)
  const found: Mismatch[] = [
    ...unknownNames(['severities'], given.severities, Object.keys(shared.severities), 'severity'),
    ...unknownNames(['services'], given.services ?? [], Object.keys(shared.services), 'service'),
  ]
  if (rungs.length === 0) found.push({ path: [], problem: 'has no rung', accepted: 'Name a preset, or write rungs' })
  for (const [index, { who, after }] of rungs.entries()) {
    const place = given.rungs.length > 0 ? ['rungs', index] : ['preset']
    for (const word of who)
      if (!(word in own.who))
        found.push({ path: place, problem: `nobody is "${word}"`, accepted: `Say who that is, below escalation.who` })
    const before = rungs[index - 1]
    if (before && before.after >= after)
      found.push({
        path: place,
        problem: 'is not later than the rung before it',
        accepted: 'Write rungs in their order',
      })
  }
  return found
}
