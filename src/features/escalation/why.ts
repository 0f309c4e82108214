/** `/inc why`: what was climbed and what was not, why, and what comes next. And the same for `/oncall why`, ahead. */
import { z } from 'zod'
import { type Call, tell } from '../../core/call.ts'
import { command } from '../../core/commands.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { key, readIncident } from '../incidents/index.ts'
import type { WhyAsked } from '../oncall/index.ts'
import { aggregate } from './aggregate.ts'
import { type About, type Escalation, isFor, isSo, type Ladder, waiting } from './domain.ts'
import { whoWords } from './effects.ts'
import type { Rung } from './presets.ts'
import type { Rules } from './rules.ts'
import { load } from './store.ts'

export const commands = [
  command({
    path: 'inc why',
    summary: 'Say who was woken for this incident, who was not and why, and what comes next.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc why', '/inc why #42'],
    run: async (call, { subject }) => tell((await whyOf(call, subject)).join('\n')),
  }),
]

const reasons: Record<Rung['unless'], string> = {
  acknowledged: 'somebody had acknowledged the page or taken the lead',
  led: 'somebody led already',
  over: 'it was over',
}

async function whyOf(call: Call, id: string): Promise<string[]> {
  // A private incident is none for whoever may not read it.
  const incident = await readIncident(call, id)
  const escalation = incident === null ? null : await load(call.db, id)
  if (!escalation) return ['There is no incident of that number, or it was declared before there were ladders.']
  const rules = call.policy(aggregate)
  const done = escalation.done.map(({ ladder, rung, skipped, at }) => {
    const found = rules.ladders.find(({ name }) => name === ladder)
    const words = found?.rungs[rung] ? rungWords(found, found.rungs[rung], rules, escalation.about) : ladder
    return skipped === null ? `• ${when(at)} ${words}` : `• ${when(at)} not done: ${words}, because ${reasons[skipped]}`
  })
  return [
    `*${key({ id })}*: ${acknowledgedWords(escalation)}`,
    ...atOnceLines(escalation, rules),
    ...(done.length > 0 ? done : ['No rung of a ladder was reached yet.']),
    ...lateUpdateLines(escalation, rules),
    ...nextLines(escalation, rules),
  ]
}

function lateUpdateLines({ lateUpdate }: Escalation, { lateUpdateWho }: Rules): string[] {
  if (!lateUpdate) return []
  const words = lateUpdateWho.map(escapeInline).join(', ')
  return [`• ${when(lateUpdate.toldAt)} told ${words}: the update promised for ${when(lateUpdate.dueAt)} was missing`]
}

/** Beside the ladders: the team that the severity pages as soon as it is declared. */
function atOnceLines({ about, declaredAt }: Escalation, rules: Rules): string[] {
  const team = about.isReal ? rules.pagedFor(about) : null
  return team === null
    ? []
    : [`• ${about.severity} pages team ${escapeInline(team)} at once: declared ${when(declaredAt)}`]
}

function acknowledgedWords({ acknowledgedAt, acknowledgedBy }: Escalation): string {
  if (acknowledgedAt === null) return 'nobody has acknowledged a page yet.'
  return `acknowledged ${when(acknowledgedAt)} by ${acknowledgedBy === null ? 'somebody' : mention(acknowledgedBy)}.`
}

function nextLines(escalation: Escalation, rules: Rules): string[] {
  const { about } = escalation
  if (!about.isReal) return ['It is no real incident: nobody is woken for it.']
  if (about.isOver) return ['It is over: nothing comes any more.']
  const coming = waiting(escalation, rules)
  if (coming.length === 0) return [`Nothing more comes at ${about.severity}.`]
  return coming.map(({ ladder, rung, dueAt }) => {
    const wouldSkip = isSo(escalation, rung.unless) ? ` (as it stands, not done: ${reasons[rung.unless]})` : ''
    return `• next ${when(new Date(dueAt).toISOString())}: ${rungWords(ladder, rung, rules, about)}${wouldSkip}`
  })
}

function rungWords(ladder: Ladder, rung: Rung, rules: Rules, about: Pick<About, 'severity' | 'service'>): string {
  const verb = ladder.how === 'page' ? 'page' : 'tell'
  return `${bold(ladder.name)}, ${formatDuration(rung.after)}: ${verb} ${whoWords(rung.who, rules, about)}`
}

/** For `/oncall why`: the ladders that an incident of this severity would climb. */
export async function ladderLines({ severity, service, policy }: WhyAsked): Promise<readonly string[]> {
  if (severity === null) return []
  const rules = policy(aggregate)
  const about = { severity, service }
  const meant = rules.ladders.filter((ladder) => isFor(ladder, about))
  const unless: Record<Rung['unless'], string> = {
    acknowledged: 'unless it is acknowledged',
    led: 'unless somebody leads',
    over: 'unless it is over',
  }
  return meant.flatMap((ladder) =>
    ladder.rungs.map((rung) => `• ${rungWords(ladder, rung, rules, about)}, ${unless[rung.unless]}`),
  )
}
