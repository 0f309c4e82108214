/** How a person's wish becomes a request: who may, for which incident, where its card goes. Other features ask here too. */
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import type { Effect, Place } from '../../core/effects.ts'
import { newSubject } from '../../core/perform.ts'
import { thingInChannel } from '../../core/things.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { type Incident, incidentAggregate, isOver, maySee as maySeeIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import type { Action, Origin } from './domain.ts'
import type { Entry } from './entry.ts'
import type { ParamValue } from './executors/executor.ts'
import { asTyped } from './phrases.ts'
import type { Rules } from './rules.ts'
import { lockHolder, sameRequest } from './store.ts'
import { readSwitch } from './switch/store.ts'
import { key, stateWords } from './views.ts'

export interface Wish {
  /** The name of a catalogue entry. */
  name: string
  target: string
  params: Readonly<Record<string, ParamValue>>
  /** May be empty when there is an incident: that is reason enough. */
  reason: string
  incident: string | null
  origin?: Origin
  undoes?: string
  phrase?: string
}

/** For a command, a button or a form: asks in the name of whoever pressed, if they may. */
export async function askForAction(call: Call, wish: Wish): Promise<Answer> {
  const rules: Rules = call.policy(aggregate)
  const entry = rules.catalogue.get(wish.name)
  if (!entry) return sentence({ refused: 'not-in-catalogue', details: { what: `${wish.name} ${wish.target}` } })
  const refusal = await call.refusal(entry.request)
  if (refusal !== null) return refuse(refusal)
  const standing = await inTheWay(call, entry, wish)
  if (standing !== null) return standing

  const incident = await openIncident(call, wish.incident)
  if (wish.incident !== null && incident === null)
    return refuse(`INC-${escapeInline(wish.incident)} is not open, so nothing is done for it.`)
  const outcome = await call.perform(aggregate, newSubject, {
    type: 'action.request',
    name: wish.name,
    target: wish.target,
    params: wish.params,
    reason: reasonOf(wish, incident),
    home: homeOf(incident, rules),
    incident: incident?.id ?? null,
    isPrivate: incident?.isPrivate ?? false,
    origin: wish.origin ?? null,
    undoes: wish.undoes ?? null,
    severity: incident?.severity ?? null,
    standing: await groupsAmong(call, [...new Set(rules.freezes.flatMap((freeze) => freeze.exempt.groups))]),
    pings: {
      approvers: await namedIn(
        call,
        rules,
        entry.needs.map((need) => need.group),
      ),
      deputies: await namedIn(call, rules, rules.deputies === null ? [] : [rules.deputies]),
    },
    ...(wish.phrase === undefined ? {} : { phrase: asTyped(wish.phrase) }),
  })
  return answer(outcome, (action) => `${key(action)} is being planned. Its card is ${placeWords(action)}.`)
}

// More names than these are a crowd, in which everybody waits for somebody else.
const namesMax = 10

/** The members of groups, user groups too, as far as they are few. A whole workspace is not woken up. */
async function namedIn({ people, person }: Call, { groups }: Rules, wanted: readonly string[]): Promise<string[]> {
  const members = wanted.flatMap((group) => {
    const listed = groups[group] ?? []
    return listed === 'everyone' ? [] : listed
  })
  const lists = await Promise.all(
    members.map((one) => (one.startsWith('@') ? people.membersOf(one.slice(1)) : Promise.resolve([one]))),
  )
  const named = new Set(lists.flat())
  named.delete(person.id)
  return [...named].slice(0, namesMax)
}

/** For automation: no person, so the entry must say `mayAutomate`, and people approve as ever. */
export function requestAction(wish: Omit<Wish, 'phrase' | 'undoes'> & { home: Place; origin: Origin }): Effect {
  const { name, target, params, reason, incident, origin, home } = wish
  const command = { type: 'action.request', name, target, params, reason, incident, origin, home }
  return { kind: 'perform', feature: 'actions', id: newSubject, command }
}

/** Better said now than found out by a plan that cannot begin. The lock itself is in the database. */
async function inTheWay(call: Call, entry: Entry, wish: Wish): Promise<Answer | null> {
  const [same, holder, kill] = await Promise.all([
    sameRequest(call.db, entry.name, wish.target),
    lockHolder(call.db, wish.target),
    readSwitch(call.db),
  ])
  if (kill?.isOff && entry.tier > 0)
    return refuse(
      `All actions are switched off: ${escapeInline(kill.reason)}. Those who approve can switch them on again: \`/action unfreeze\`.`,
    )
  const other = holder ?? (wish.undoes === undefined ? same : null)
  if (other === null) return null
  // The same delivery, come again after a crash: it is asked for already, and nobody is refused anything.
  if (isSame(other.origin, wish.origin)) return tell(`${key(other)} ${stateWords[other.state]} already.`)
  const name = (await maySee(call, other)) ? `${key(other)} (${escapeInline(other.title)})` : 'Another action'
  return refuse(
    `${name} for ${escapeInline(wish.target)} ${stateWords[other.state]} already. Wait for it, or have it withdrawn.`,
  )
}

function isSame(one: Origin | null, other: Origin | undefined): boolean {
  return one !== null && one.feature === other?.feature && one.id === other.id
}

export async function groupsAmong(call: Call, groups: readonly string[]): Promise<string[]> {
  const refusals = await Promise.all(groups.map((group) => call.refusal(group)))
  return groups.filter((_group, index) => refusals[index] === null)
}

function reasonOf({ reason }: Wish, incident: Incident | null): string {
  if (reason.trim() !== '' || incident === null) return reason
  return `INC-${incident.id}: ${incident.title}`.padEnd(10, '.')
}

function homeOf(incident: Incident | null, rules: Rules): Place {
  // Also while the channel is still being opened: what is for it waits for it.
  return incident?.channelTrouble === null ? `incidents/${incident.id}/channel` : rules.opsChannel
}

function placeWords({ home, incident }: Action): string {
  return home.startsWith('#') ? `in ${home}` : `in the channel of INC-${incident ?? ''}`
}

/** What this person may not know of is for them not open. */
export async function openIncident(call: Call, id: string | null): Promise<Incident | null> {
  if (id === null) return null
  const incident = await incidentAggregate.load(call.db, id)
  return incident === null || isOver(incident) || !maySeeIncident(incident, call.person.id) ? null : incident
}

export async function incidentHere(call: Pick<Call, 'db' | 'channelId'>): Promise<string | null> {
  if (call.channelId === null) return null
  const name = await thingInChannel(call.db, call.channelId)
  return name === null ? null : (/^incidents\/(\d+)\/channel$/.exec(name)?.[1] ?? null)
}

/** What belongs to a private incident is for its members, and for those who had a hand in it. */
export async function maySee(call: Call, action: Action): Promise<boolean> {
  if (!action.isPrivate) return true
  const hands = [action.requestedBy, ...action.approvals.map((approval) => approval.person)]
  if (hands.includes(call.person.id)) return true
  const incident = action.incident === null ? null : await incidentAggregate.load(call.db, action.incident)
  return incident !== null && maySeeIncident(incident, call.person.id)
}
