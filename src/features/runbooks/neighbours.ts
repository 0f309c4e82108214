/** What runs hear of their incident, and of what clients are told about it: said to all of them, by the occasion. */
import type { Actor } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { on, type Subscription } from '../../core/subscriptions.ts'
import { type CommsEvent, momentOf, type Story } from '../comms/index.ts'
import type { Incident, IncidentEvent } from '../incidents/index.ts'
import type { Command, OfClients } from './domain.ts'

function tellRuns(incident: string, what: Command, by: string | null): Effect {
  const actor: Actor = by === null ? { kind: 'tocsin', what: 'runbooks' } : { kind: 'person', id: by }
  return {
    kind: 'perform',
    feature: 'runbooks',
    id: incident,
    actor,
    command: { type: 'runbooks.tellRuns', incident, what },
  }
}

const whenItHappens: Partial<Record<IncidentEvent['type'], Command>> = {
  'incident.resolved': { type: 'run.callOff' },
  'incident.closed': { type: 'run.leave', because: 'closed' },
  'incident.canceled': { type: 'run.leave', because: 'canceled' },
  'incident.merged': { type: 'run.leave', because: 'merged' },
  'incident.reopened': { type: 'run.goOn' },
  'incident.unmerged': { type: 'run.goOn' },
}

export const ofIncidents: readonly Subscription[] = Object.entries(whenItHappens).map(([type, what]) =>
  on<Incident, IncidentEvent, IncidentEvent['type']>(type as IncidentEvent['type'], ({ id, event }) => [
    tellRuns(id, what, 'by' in event ? event.by : null),
  ]),
)

type Written = Extract<
  CommsEvent,
  { type: 'comms.written' | 'comms.published' | 'comms.discarded' | 'comms.changesAsked' }
>

/** Said after the message's key: «Message 42.1 waits to be read». */
const words: Record<Written['type'], (event: Written) => OfClients> = {
  'comms.written': () => ({
    outcome: 'unknown',
    summary: 'waits for somebody who reads and approves it',
    became: 'waiting',
  }),
  'comms.changesAsked': (event) => {
    const remark = event.type === 'comms.changesAsked' ? `: ${event.remark}` : ''
    return { outcome: 'unknown', summary: `waits: changes are asked for${remark}`, became: 'waiting' }
  },
  'comms.discarded': () => ({ outcome: 'bad', summary: 'was discarded', became: 'discarded' }),
  'comms.published': () => ({ outcome: 'ok', summary: 'was published', became: 'published' }),
}

export const ofClients: readonly Subscription[] = Object.entries(words).map(([type, wordsOf]) =>
  on<Story, CommsEvent, Written['type']>(type as Written['type'], ({ id, state, event }) => {
    if (state.about === null) return []
    const moment = state.posts.find(({ number }) => number === event.post)?.moment ?? ''
    const { summary, ...heard } = wordsOf(event)
    const name = momentOf(moment)?.title ?? moment
    const what = {
      type: 'run.hearOfClients',
      moment,
      heard: { ...heard, summary: `Message ${id}.${event.post} (${name}) ${summary}` },
    } as const
    return [tellRuns(id, what, event.by)]
  }),
)
