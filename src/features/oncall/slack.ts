/** How people ask who is on call, page, swap shifts and say «I have it». */
import { z } from 'zod'
import { type Answer, type Call, refuse, silence, tell } from '../../core/call.ts'
import { command, type Noun, personArg, restOfLine } from '../../core/commands.ts'
import { onClick } from '../../core/interactions.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { nearest } from '../../lib/words.ts'
import { pages, schedules } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { Target } from './domain.ts'
import { evidenceLines } from './evidence.ts'
import { openPageForm, pageForm } from './forms.ts'
import { contactLines, loadLines, overviewOf, teamLines } from './overview.ts'
import { seeSchedule } from './reading.ts'
import type { Rules } from './rules.ts'
import { pageByHand } from './sending.ts'
import { acknowledgeButton, haveItButton, overrideLine } from './views.ts'
import { readSpan } from './whens.ts'
import { whyLines } from './why.ts'

export const noun: Noun = {
  name: 'oncall',
  aliases: [],
  description: 'Who is on call, and waking them.',
  usageHint: '[team] | page | why | override | test | contacts | help',
  // `/oncall platform`: a single word is a team's name rather than a mistyped verb.
  shorthand: /^[\w-]+$/,
  bare: async (call) => ({ tell: { text: (await overviewOf(call)).join('\n') } }),
  freeText: (call, text) => aboutTeam(call, text),
}

export const modals = [pageForm]

export const commands = [
  command({
    path: 'oncall page',
    summary: 'Page a team, the team of a service, a role, or one person. Anybody may.',
    args: z.object({ whom: z.string(), message: restOfLine }),
    needsSubject: false,
    who: 'anyone',
    examples: [
      '/oncall page platform checkout returns 500s',
      '/oncall page manager clients are calling',
      '/oncall page @ben the search index is gone',
    ],
    form: (call) => openPageForm(call),
    run: (call, { args }) => pageWhom(call, args.whom, args.message),
  }),
  command({
    path: 'oncall why',
    summary: 'Say who would be called for a service, in which order and when, without calling anybody.',
    args: z.object({ service: z.string(), severity: z.string().optional() }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/oncall why checkout', '/oncall why checkout p1'],
    run: (call, { args }) => why(call, args.service, args.severity ?? null),
  }),
  command({
    path: 'oncall override',
    aliases: ['swap'],
    summary: 'Have somebody else be on call for a while. Times are those of the schedule’s zone.',
    args: z.object({ schedule: z.string(), who: personArg, span: restOfLine }),
    needsSubject: false,
    who: 'responders',
    examples: [
      '/oncall override platform @ben 18:00 22:00',
      '/oncall override platform @ben 2026-12-24 09:00 2026-12-26 09:00',
    ],
    run: (call, { args }) => override(call, args),
  }),
  command({
    path: 'oncall overrides',
    summary: 'Show what is overridden on a schedule; with a number, take that one back.',
    args: z.object({ schedule: z.string(), drop: z.coerce.number().int().optional() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/oncall overrides platform', '/oncall overrides platform 2'],
    run: (call, { args }) => overrides(call, args.schedule, args.drop ?? null),
  }),
  command({
    path: 'oncall handoff',
    aliases: ['mine'],
    summary: 'Say that the shift which began is yours.',
    args: z.object({ schedule: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/oncall handoff platform'],
    run: async (call, { args }) => {
      const looked = await call.perform(schedules, args.schedule, { type: 'schedule.look' })
      if ('refused' in looked) return sentence(looked)
      return accept(call, args.schedule, looked.state.shiftNumber)
    },
  }),
  command({
    path: 'oncall test',
    summary: 'Send a test page, all the way, and keep who answered and how soon.',
    args: z.object({ team: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/oncall test platform'],
    run: async (call, { args }) => {
      const team = teamCalled(call.policy(pages), args.team)
      if (team === null) return noSuchTeam(call.policy(pages), args.team)
      const message = 'press «Acknowledge»; nothing is wrong'
      return pageByHand(call, { target: { team, person: null }, message, isTest: true })
    },
  }),
  command({
    path: 'oncall evidence',
    summary: 'Show the test pages of the last three months: who answered, and how soon.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/oncall evidence'],
    run: async (call) => tell((await evidenceLines(call)).join('\n')),
  }),
  command({
    path: 'oncall load',
    summary: 'Show how heavy being on call was in the last four weeks.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/oncall load'],
    run: async (call) => tell((await loadLines(call)).join('\n')),
  }),
  command({
    path: 'oncall contacts',
    summary: 'Show phone numbers: of our people, and of those who support us.',
    args: z.object({}),
    needsSubject: false,
    who: 'responders',
    examples: ['/oncall contacts'],
    run: async (call) => tell(contactLines(call.policy(pages)).join('\n')),
  }),
  command({
    path: 'oncall calendar',
    summary: 'Get the address of a schedule’s calendar, to subscribe to.',
    args: z.object({ schedule: z.string() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/oncall calendar platform'],
    run: async (call, { args }) => {
      const rules = call.policy(pages)
      if (!rules.rotationOf(args.schedule)) return sentence({ refused: 'no-such-schedule' })
      const token = rules.sign(`calendar/${args.schedule}`)
      return tell(`${rules.publicUrl}/oncall/calendar/${args.schedule}/${token}/calendar.ics`)
    },
  }),
]

export const clicks = [
  onClick(acknowledgeButton, {
    who: 'anyone',
    run: async (call, { page }) => {
      const outcome = await call.perform(pages, page, { type: 'page.acknowledge', by: call.person.id, via: 'slack' })
      // The message says it; who was second is told who was first.
      return 'refused' in outcome ? sentence(outcome) : silence
    },
  }),
  onClick(haveItButton, { who: 'responders', run: (call, { schedule, shift }) => accept(call, schedule, shift) }),
]

async function pageWhom(call: Call, whom: string, message: string): Promise<Answer> {
  const person = /^<@([UW][A-Z0-9]+)(\|[^>]*)?>$/.exec(whom)?.[1]
  if (person !== undefined) return pageByHand(call, { target: { team: null, person }, message })
  const rules = call.policy(pages)
  const role = rules.roles.find((name) => name === whom.toLowerCase())
  if (role !== undefined) return pageByHand(call, { target: { team: null, person: null, role }, message })
  const team = teamCalled(rules, whom)
  if (team === null) return noSuchTeam(rules, whom)
  return pageByHand(call, { target: { team, person: null }, message })
}

/** A team by its name, or by the name of a service that it has. */
function teamCalled(rules: Rules, word: string): string | null {
  const name = word.toLowerCase()
  return rules.teams.find((team) => team.toLowerCase() === name) ?? rules.teamOf(name)
}

function noSuchTeam(rules: Rules, word: string): Answer {
  const known = [...rules.teams, ...rules.services, ...rules.roles]
  const [close] = nearest(word.toLowerCase(), known)
  const hint = close ? ` Did you mean ${bold(close)}?` : ` There are ${known.map(bold).join(', ')}.`
  return refuse(`${bold(word)} is no team, no service and no role here.${hint}`)
}

async function aboutTeam(call: Call, text: string): Promise<Answer> {
  const rules = call.policy(pages)
  const team = teamCalled(rules, text.trim())
  return team === null ? noSuchTeam(rules, text.trim()) : tell((await teamLines(call, team)).join('\n'))
}

async function why(call: Call, service: string, severity: string | null): Promise<Answer> {
  const rules = call.policy(pages)
  const team = teamCalled(rules, service)
  if (team === null) return noSuchTeam(rules, service)
  const grave = severity?.toUpperCase() ?? null
  if (grave !== null && !rules.severities.includes(grave))
    return refuse(`${escapeInline(grave)} is no severity here. Use ${rules.severities.join(', ')}.`)
  const target: Target = { team, person: null }
  return tell((await whyLines(call, { service, target, severity: grave })).join('\n'))
}

async function override(
  call: Call,
  { schedule, who, span }: { schedule: string; who: string; span: string },
): Promise<Answer> {
  const rotation = call.policy(pages).rotationOf(schedule)
  if (!rotation) return sentence({ refused: 'no-such-schedule' })
  const read = readSpan(span, rotation.zone, call.now)
  if (!read)
    return refuse(
      'I do not understand these times. Write `/oncall override platform @ben 18:00 22:00`, or with days: `2026-12-24 09:00 2026-12-26 09:00`.',
    )
  const [from, until] = [read.from.toISOString(), read.until.toISOString()]
  const outcome = await call.perform(schedules, schedule, { type: 'schedule.override', person: who, from, until })
  if ('refused' in outcome) return sentence(outcome)
  return tell(`${mention(who)} is on call for ${bold(schedule)} from ${when(from)} until ${when(until)}.`)
}

async function overrides(call: Call, name: string, drop: number | null): Promise<Answer> {
  if (drop !== null) {
    const outcome = await call.perform(schedules, name, { type: 'schedule.dropOverride', override: drop })
    return 'refused' in outcome ? sentence(outcome) : tell(`Override ${drop} of ${bold(name)} is taken back.`)
  }
  const seen = await seeSchedule(call.db, call.policy(pages), name, call.now)
  if (!seen) return sentence({ refused: 'no-such-schedule' })
  const lines = (seen.schedule?.overrides ?? []).filter(({ until }) => Date.parse(until) > call.now.getTime())
  return tell(lines.length === 0 ? `Nothing is overridden on ${bold(name)}.` : lines.map(overrideLine).join('\n'))
}

async function accept(call: Call, schedule: string, shift: number): Promise<Answer> {
  const outcome = await call.perform(schedules, schedule, { type: 'schedule.accept', shift })
  return 'refused' in outcome ? sentence(outcome) : tell(`You have ${bold(schedule)}. Thank you.`)
}
