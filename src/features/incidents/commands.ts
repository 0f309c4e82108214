/** `/inc`: what people type. */
import { z } from 'zod'
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { command, optionalRest, personArg, restOfLine } from '../../core/commands.ts'
import { parseMoment } from '../../lib/moment.ts'
import { mention } from '../../lib/mrkdwn.ts'
import { zoneOf } from '../../lib/wallclock.ts'
import { change, withIncident } from './acting.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import {
  askForSeverity,
  askOrResolve,
  changeSeverity,
  invite,
  mergeOrAsk,
  showList,
  showSimilar,
  stateDataLoss,
} from './asking.ts'
import { declareFromWords } from './declaring.ts'
import { isOver, over, type Status } from './domain.ts'
import { openDeclareForm, openStatusForm } from './forms.ts'
import { whenAble } from './giving.ts'
import { dataLosses, timeNames } from './incident.ts'
import { card, key, rolesMessage } from './views.ts'

const severityWord = z.string().transform((word) => word.toUpperCase())
const peopleArg = z
  .string()
  .transform((text) => [...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? ''))
  .refine((people) => people.length > 0, 'name people with @')
  .meta({ rest: true })

export const commands = [
  command({
    path: 'inc new',
    aliases: ['declare', 'open', 'start'],
    summary: 'Declare an incident. Its channel opens at once.',
    args: z.object({ title: restOfLine }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc new checkout returns 500s', '/inc new p1 checkout is down', '/inc new private leaked key'],
    form: async (call) => ({ open: openDeclareForm(call, { title: '' }) }),
    run: (call, { args }) => declareFromWords(call, args.title),
  }),
  command({
    path: 'inc drill',
    summary: 'Declare a drill: as an incident, but announced to nobody and counted nowhere.',
    args: z.object({ title: restOfLine }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc drill the database is gone', '/inc drill p2 the database is gone'],
    run: (call, { args }) => declareFromWords(call, args.title, { kind: 'drill' }),
  }),
  command({
    path: 'inc lead',
    aliases: ['ic'],
    summary: 'Take the lead of an incident, or give it to somebody.',
    args: z.object({ who: personArg.optional() }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc lead', '/inc lead @ben', '/inc lead #42'],
    run: (call, { args, subject }) => {
      const to = args.who ?? call.person.id
      const words = to === call.person.id ? 'You lead' : `${mention(to)} leads`
      return whenAble(call, to, () =>
        withIncident(call, subject, async () => {
          const outcome = await call.perform(aggregate, subject, { type: 'incident.giveLead', to })
          return answer(outcome, (incident) => `${words} ${key(incident)} now.`)
        }),
      )
    },
  }),
  command({
    path: 'inc role',
    summary: 'Give somebody a role, or free it with «none».',
    args: z.object({ role: z.string(), who: z.union([personArg, z.literal('none')]) }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc role communications @cleo', '/inc role scribe none'],
    run: (call, { args, subject }) => {
      const to = args.who === 'none' ? null : args.who
      return whenAble(call, to, () =>
        change(call, subject, { type: 'incident.giveRole', role: args.role, to }, () => 'Done.'),
      )
    },
  }),
  command({
    path: 'inc roles',
    summary: 'Show who does what.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc roles'],
    run: (call, { subject }) =>
      withIncident(call, subject, async (incident) => ({ tell: rolesMessage(incident, call.policy(aggregate).roles) })),
  }),
  command({
    path: 'inc handoff',
    aliases: ['handover'],
    summary: 'Ask somebody to take the lead over from you; everything they must know goes along.',
    args: z.object({ who: personArg, note: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc handoff @ben the rollback runs, watch the error rate'],
    run: (call, { args, subject }) =>
      whenAble(call, args.who, () =>
        change(
          call,
          subject,
          { type: 'incident.offerHandover', to: args.who, note: args.note },
          () => `${mention(args.who)} is asked.`,
        ),
      ),
  }),
  command({
    path: 'inc join',
    summary: 'Come into the channel of an incident.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc join #42'],
    run: (call, { subject }) => invite(call, subject, [call.person.id]),
  }),
  command({
    path: 'inc invite',
    summary: 'Ask people into the channel.',
    args: z.object({ people: peopleArg }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc invite @ben @cleo'],
    run: (call, { args, subject }) => invite(call, subject, args.people),
  }),
  command({
    path: 'inc sev',
    aliases: ['severity'],
    summary: 'Change the severity of an incident. Lowering it needs a reason.',
    args: z.object({ to: severityWord, reason: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc sev p1', '/inc sev p3 only one customer is affected', '/inc sev #42 p2'],
    form: (call, subject) => askForSeverity(call, subject),
    run: (call, { args, subject }) => changeSeverity(call, subject, args),
  }),
  command({
    path: 'inc status',
    summary: 'Say how far it is: investigating, identified or monitoring, and what changed.',
    args: z.object({ to: z.string().transform((word) => word.toLowerCase() as Status), what: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc status identified the new version leaks connections'],
    form: (call, subject) => withIncident(call, subject, async (incident) => ({ open: openStatusForm(incident) })),
    run: (call, { args, subject }) => moveTo(call, subject, args.to, args.what),
  }),
  ...(['identified', 'monitoring', 'investigating'] as const).map((to) =>
    command({
      path: `inc ${to}`,
      aliases: to === 'monitoring' ? ['mitigated'] : [],
      summary: {
        identified: 'The cause is known.',
        monitoring: 'It is mended, and being watched.',
        investigating: 'The cause is being looked for (again).',
      }[to],
      args: z.object({ what: optionalRest }),
      needsSubject: true,
      who: 'responders',
      examples: [`/inc ${to} ${to === 'monitoring' ? 'rolled back to v141' : 'connections leak'}`],
      run: (call, { args, subject }) => moveTo(call, subject, to, args.what),
    }),
  ),
  command({
    path: 'inc resolve',
    aliases: ['resolved'],
    summary: 'Say that it is over.',
    args: z.object({ summary: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc resolve', '/inc resolve #42 rolled back, error rate is back to normal'],
    run: (call, { args, subject }) => askOrResolve(call, subject, args.summary),
  }),
  command({
    path: 'inc close',
    summary: 'Close a resolved incident: nothing is left to do here.',
    args: z.object({}),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc close', '/inc close #42'],
    run: (call, { subject }) => change(call, subject, { type: 'incident.close' }),
  }),
  command({
    path: 'inc reopen',
    summary: 'It was not over: go on.',
    args: z.object({ reason: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc reopen the errors are back'],
    run: (call, { args, subject }) => change(call, subject, { type: 'incident.reopen', reason: args.reason }),
  }),
  command({
    path: 'inc cancel',
    summary: 'It was no incident: call it off.',
    args: z.object({ reason: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc cancel somebody tested the alert'],
    run: (call, { args, subject }) => change(call, subject, { type: 'incident.cancel', reason: args.reason }),
  }),
  command({
    path: 'inc merge',
    aliases: ['link'],
    summary: 'Make this part of another incident. Within an hour it can be undone.',
    args: z.object({
      into: z
        .string()
        .regex(/^(?:#|inc-)?\d{1,9}$/i, 'name the incident that goes on: #41')
        .optional(),
    }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc merge 41', '/inc merge'],
    run: (call, { args, subject }) => mergeOrAsk(call, subject, args.into?.replace(/\D/g, '') ?? null),
  }),
  command({
    path: 'inc unmerge',
    summary: 'Take a merge back.',
    args: z.object({}),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc unmerge', '/inc unmerge #42'],
    run: (call, { subject }) => change(call, subject, { type: 'incident.unmerge' }),
  }),
  command({
    path: 'inc title',
    summary: 'Call it by a better name. Its channel is renamed too.',
    args: z.object({ title: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc title checkout returns 500s in Europe'],
    run: (call, { args, subject }) =>
      change(call, subject, { type: 'incident.retitle', title: args.title }, () => 'Done.'),
  }),
  command({
    path: 'inc summary',
    summary: 'Say what is going on, for everybody who comes later.',
    args: z.object({ text: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc summary v142 leaks database connections'],
    run: (call, { args, subject }) =>
      change(call, subject, { type: 'incident.summarize', text: args.text }, () => 'It stands on the card.'),
  }),
  command({
    path: 'inc impact',
    summary: 'Say what clients notice.',
    args: z.object({ text: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc impact one payment in five fails'],
    run: (call, { args, subject }) =>
      change(call, subject, { type: 'incident.setImpact', text: args.text }, () => 'It stands on the card.'),
  }),
  command({
    path: 'inc dataloss',
    aliases: ['data-loss', 'lost'],
    summary: 'Say whether data was lost: none, some, or unknown when that is not known yet.',
    args: z.object({ what: z.enum(dataLosses) }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc dataloss none', '/inc dataloss #42 some'],
    run: (call, { args, subject }) => stateDataLoss(call, subject, args.what),
  }),
  command({
    path: 'inc started',
    summary: 'Correct when something happened: when it began, unless another moment is named.',
    args: z.object({ moment: z.string(), which: z.enum(timeNames).default('started'), reason: optionalRest }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc started 40m', '/inc started 14:02', '/inc started 10m mitigated'],
    run: async (call, { args, subject }) => {
      const zone = zoneOf((await call.people.find(call.person.id))?.timeZone ?? 'UTC')
      const at = parseMoment(args.moment, { now: call.now, zone })
      if (at === null)
        return refuse('Say how long ago, 40m or 2h, or when: 14:02 by your own clock, or 2026-11-20T14:02Z.')
      const corrected = { type: 'incident.correctTime', which: args.which, reason: args.reason } as const
      return change(call, subject, { ...corrected, to: at.toISOString() }, () => 'Corrected.')
    },
  }),
  command({
    path: 'inc private',
    summary: 'Declare an incident that only those who are asked in know of.',
    args: z.object({ title: optionalRest }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc private a key was published', '/inc private p1 a key was published'],
    run: async (call, { args }) =>
      args.title === ''
        ? sentence({ refused: 'made-public-stays-public' })
        : declareFromWords(call, args.title, { isPrivate: true }),
  }),
  command({
    path: 'inc list',
    aliases: ['ls'],
    summary: 'Show what is open; or all, mine, p1, a service, or what some words are about.',
    args: z.object({ what: optionalRest }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/inc list', '/inc list all', '/inc list mine', '/inc list p1', '/inc list checkout timeout'],
    run: (call, { args }) => showList(call, args.what),
  }),
  command({
    path: 'inc similar',
    summary: 'Show what was like this before, and how it ended.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc similar'],
    run: (call, { subject }) => showSimilar(call, subject),
  }),
  command({
    path: 'inc info',
    aliases: ['show'],
    summary: 'Show the card of an incident, to you only.',
    args: z.object({}),
    needsSubject: true,
    who: 'anyone',
    examples: ['/inc info', '/inc info #42'],
    run: (call, { subject }) =>
      withIncident(call, subject, async (incident) => ({ tell: card(incident, call.policy(aggregate)) })),
  }),
]

/** What changed is asked with each move: the form opens when it was not said. */
function moveTo(call: Call, subject: string, to: Status, what: string): Promise<Answer> {
  if (to === 'resolved') return askOrResolve(call, subject, what)
  if (what !== '') return change(call, subject, { type: 'incident.moveTo', to, what })
  return withIncident(call, subject, async (incident) =>
    isOver(incident) ? sentence(over(incident)) : { open: openStatusForm(incident, to) },
  )
}
