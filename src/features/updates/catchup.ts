/** A private read-in: where an incident stands, for whoever has just come to it. */
import type { Answer, Call } from '../../core/call.ts'
import type { Message } from '../../core/effects.ts'
import { onJoin } from '../../core/interactions.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { bold, escapeInline, escapeText, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { aboutOf, type Incident, incidentOfChannel, key, readIncident } from '../incidents/index.ts'
import { openTasksFor, type Task } from '../tasks/index.ts'
import { latestLines } from '../timeline/index.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import { newcomerAggregate, newcomerId } from './newcomers.ts'
import { lastUpdates, load, type Posted } from './store.ts'

const updatesShown = 3
const tasksShown = 5
const linesShown = 6

export async function catchUp(call: Call, id: string): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return sentence({ refused: 'no-such-incident' })
  const [updates, tasks, happened, plan] = await Promise.all([
    lastUpdates(call.db, incident.id, updatesShown),
    openTasksFor(call.db, incident.id, 100),
    latestLines(call, incident.id, linesShown),
    load(call.db, incident.id),
  ])
  return { tell: readIn(incident, { updates, tasks, happened, nextAt: plan?.nextAt ?? null }) }
}

export interface ReadIn {
  updates: readonly Posted[]
  tasks: readonly Task[]
  happened: readonly string[]
  nextAt: string | null
}

export function readIn(incident: Incident, { updates, tasks, happened, nextAt }: ReadIn): Message {
  const { lead, communications, severity, status, declaredAt } = aboutOf(incident)
  const who = [
    `lead: ${lead === null ? 'nobody yet' : mention(lead)}`,
    ...(communications === null ? [] : [`communications: ${mention(communications)}`]),
  ]
  const head = `${bold(`${key(incident)} ${severity}`)} ${escapeInline(shorten(incident.title, 150))}`
  const state = `${escapeInline(status)} · declared ${when(declaredAt)} · ${who.join(' · ')}`
  const said = updates.map(
    ({ at, words }) => `• ${when(at)} ${escapeText(shorten(words.known || words.doing || words.needed, 400))}`,
  )
  const open = tasks
    .slice(0, tasksShown)
    .map(
      ({ number, text, owner }) =>
        `• ${number} ${escapeInline(shorten(text, 120))}${owner === null ? '' : ` (${mention(owner)})`}`,
    )
  const more = tasks.length > tasksShown ? [`and ${tasks.length - tasksShown} more: \`/inc tasks\``] : []
  return {
    text: `${key(incident)}: where it stands`,
    blocks: [
      section(`${head}\n${state}`),
      ...part('Updates', said, 'None yet.'),
      ...(nextAt === null ? [] : [section(`Next update ${when(nextAt)}.`)]),
      ...(tasks.length === 0 ? [] : part(plural(tasks.length, 'task open', 'tasks open'), [...open, ...more], '')),
      ...part('What happened last', happened, 'Nothing yet.'),
      context(['Only you see this. `/inc timeline` shows all of it, `/inc help` what I understand.']),
    ],
  }
}

function part(title: string, lines: readonly string[], nothing: string) {
  return sections([`*${title}*`, ...(lines.length === 0 ? [nothing] : lines)])
}

/** Whoever comes in later is told once. Who declared it, leads it or came in the first minutes has missed nothing. */
export const hears = [
  onJoin({
    who: 'anyone',
    async run(call, { thing, from }) {
      const id = incidentOfChannel(thing)
      const incident = id === null ? null : await readIncident(call, id)
      if (!incident || !hasMissedSomething(call, incident, from.personId)) return {}
      const outcome = await call.perform(newcomerAggregate, newcomerId(incident.id, from.personId), {
        type: 'newcomer.readIn',
        incident: incident.id,
        person: from.personId,
      })
      return 'refused' in outcome ? {} : catchUp(call, incident.id)
    },
  }),
]

function hasMissedSomething(call: Call, incident: Incident, person: string): boolean {
  if (incident.declaredBy === person || incident.lead === person) return false
  return call.now.getTime() - Date.parse(aboutOf(incident).declaredAt) >= call.policy(aggregate).readInAfter
}
