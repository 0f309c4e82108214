/** What buttons and commands have in common: they look first, ask when something is missing, and then do it. */
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import { channelLink } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import { change, withIncident } from './acting.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { severityPattern } from './declaring.ts'
import { type DataLoss, isOver, over } from './domain.ts'
import { openMergeForm, openResolveForm, openSeverityForm } from './forms.ts'
import { resolveGate } from './slots.ts'
import { listNewest, listOpen, search, similarTo } from './store.ts'
import { key, list, similarList } from './views.ts'

export function changeSeverity(
  call: Call,
  subject: string,
  { to, reason }: { to: string; reason: string },
): Promise<Answer> {
  const command = { type: 'incident.changeSeverity', to, reason } as const
  return change(call, subject, command, (incident) => `${key(incident)} is ${incident.severity} now.`)
}

export function askForSeverity(call: Call, subject: string): Promise<Answer> {
  return withIncident(call, subject, async (incident) => ({ open: openSeverityForm(call, incident) }))
}

/** With a summary and nothing left open it is done at once; else the form asks. */
export function askOrResolve(call: Call, subject: string, summary: string): Promise<Answer> {
  return withIncident(call, subject, async (incident) => {
    if (isOver(incident)) return sentence(over(incident))
    const questions = await call.slots.questions(resolveGate, call.db, incident)
    if (summary === '' || questions.length > 0) {
      const wantsDataLoss = call.policy(aggregate).wantsDataLoss(incident)
      return { open: openResolveForm(incident, questions, { summary, wantsDataLoss }) }
    }
    return change(call, subject, { type: 'incident.resolve', summary })
  })
}

export function stateDataLoss(call: Call, subject: string, what: DataLoss): Promise<Answer> {
  return withIncident(call, subject, async () => {
    const outcome = await call.perform(aggregate, subject, { type: 'incident.stateDataLoss', what })
    return answer(outcome, (incident) => (isOver(incident) ? null : 'It stands on the card.'))
  })
}

export function mergeOrAsk(call: Call, subject: string, into: string | null): Promise<Answer> {
  return withIncident(call, subject, async (incident) => {
    if (into !== null) return withIncident(call, into, () => change(call, subject, { type: 'incident.merge', into }))
    const form = openMergeForm(incident, await listOpen(call.db, { person: call.person.id }))
    return form === null ? refuse('No other incident is open.') : { open: form }
  })
}

export function invite(call: Call, subject: string, people: readonly string[]): Promise<Answer> {
  return withIncident(call, subject, async () => {
    const outcome = await call.perform(aggregate, subject, { type: 'incident.invite', people })
    return answer(outcome, (incident) => {
      const place = incident.channel ? channelLink(incident.channel.id) : `the channel of ${key(incident)}`
      const isSelf = people.length === 1 && people[0] === call.person.id
      return isSelf ? `Come in: ${place}` : `${plural(people.length, 'person is', 'people are')} asked into ${place}.`
    })
  })
}

const shown = 20

export async function showList(call: Call, what: string): Promise<Answer> {
  const reader = { person: call.person.id }
  const word = what.trim().toLowerCase()
  if (word === '' || word === 'open') return { tell: list(await listOpen(call.db, reader), 'No incident is open.') }
  if (word === 'all') return { tell: list(await listNewest(call.db, reader, shown), 'There was no incident yet.') }
  const { severities, services } = call.policy(aggregate)
  const wanted =
    word === 'mine'
      ? { person: call.person.id }
      : severityPattern.test(word) && severities.includes(word.toUpperCase())
        ? { severity: word.toUpperCase() }
        : services.includes(word)
          ? { service: word }
          : { words: what }
  return { tell: list(await search(call.db, wanted, reader, shown), `Nothing is found for “${what}”.`) }
}

export function showSimilar(call: Call, subject: string): Promise<Answer> {
  return withIncident(call, subject, async (incident) => {
    const found = await similarTo(call.db, incident, { person: call.person.id }, 5)
    return found.length === 0 ? tell('There was nothing like it before.') : { tell: similarList(found) }
  })
}
