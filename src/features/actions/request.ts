/** The first decision: may this be asked for at all, with these parameters, now? */
import type { Decision, Given, Refusal } from '../../core/decision.ts'
import type { Command, Event, Policy, Refused } from './domain.ts'
import type { Entry } from './entry.ts'
import type { ParamValue, Target } from './executors/executor.ts'
import { freezeFor } from './freezes.ts'
import { phraseOf } from './phrases.ts'

type Asking = Extract<Command, { type: 'action.request' }>

export function request(command: Asking, given: Given<Policy>, by: string | null): Decision<Event, Refused> {
  const entry = given.policy.catalogue.get(command.name)
  if (!entry?.targets.includes(command.target))
    return { refused: 'not-in-catalogue', details: { what: `${command.name} ${command.target}` } }
  // An automation is somebody else's finger: it needs leave to ask, and somebody's approval.
  if (by === null && !entry.mayAutomate) return { refused: 'not-automatic', details: { what: entry.title } }
  const params = readParams(entry, command.params)
  if ('bad' in params) return { refused: 'bad-param', details: { name: params.bad, accepted: params.accepted } }
  const reason = command.reason.trim()
  if (reason.length < 10) return { refused: 'reason-missing' }
  const target = targetOf(command.target)
  if (entry.confirms === 'both' && command.phrase !== phraseOf({ verb: entry.verb, target }))
    return { refused: 'phrase-wrong', details: { phrase: phraseOf({ verb: entry.verb, target }) } }

  const often = tooOften(command, entry, given, by)
  if (often !== null) return often

  const { freezes, severities } = given.policy
  const { standing = [], severity = null } = command
  const freeze = freezeFor(freezes, { target: target.key, now: given.now, standing, severity, severities })
  // Where the glass may be broken the plan is made, so that there is something to break it for.
  const mayBreak = (command.incident ?? null) !== null && mayBreakGlass(entry, severity, given.policy)
  if (freeze !== null && entry.freezes === 'respect' && !mayBreak)
    return { refused: 'frozen', details: { name: freeze.name } }

  const isFree = entry.isFreeInIncident && (command.incident ?? null) !== null && by !== null
  return [
    {
      type: 'action.requested',
      request: {
        id: given.id,
        name: entry.name,
        verb: entry.verb,
        title: entry.title,
        target,
        tier: entry.tier,
        executor: entry.executor,
        params: params.values,
        entrySha: entry.sha,
        origin: command.origin ?? null,
        incident: command.incident ?? null,
        isPrivate: command.isPrivate ?? false,
        home: command.home,
        reason,
        standing,
        pings: command.pings ?? { approvers: [], deputies: [] },
        undoes: command.undoes ?? null,
        needs: isFree ? [] : entry.needs,
        confirms: entry.confirms,
        runsItself: entry.tier < 3,
        timeoutSeconds: entry.timeoutSeconds,
      },
      by,
      at: given.now.toISOString(),
    },
  ]
}

export function mayBreakGlass(
  { breakGlass }: Pick<Entry, 'breakGlass'>,
  severity: string | null,
  { severities, glassSeverity }: Policy,
): boolean {
  if (breakGlass === 'never' || severity === null) return false
  return severities.indexOf(severity) <= severities.indexOf(glassSeverity)
}

/** A hand that slips, or a robot that runs wild, is stopped; a way back never is. */
function tooOften(
  { lately = [], target, undoes = null }: Asking,
  entry: Entry,
  { policy: { limits } }: Given<Policy>,
  by: string | null,
): Refusal<Refused> | null {
  if (entry.tier === 0 || undoes !== null) return null
  const ofTarget = lately.filter((one) => one.target === target).length
  if (ofTarget >= limits.perTarget) return { refused: 'too-often', details: { what: target, count: ofTarget } }
  const own = by === null ? 0 : lately.filter((one) => one.by === by).length
  return own >= limits.perPerson ? { refused: 'too-often', details: { what: '', count: own } } : null
}

export function targetOf(key: string): Target {
  const [service = '', environment = ''] = key.split('/')
  return { key, service, environment }
}

type Read = { values: Record<string, ParamValue> } | { bad: string; accepted: string }

export function readParams(entry: Entry, given: Readonly<Record<string, ParamValue>>): Read {
  const values: Record<string, ParamValue> = {}
  const known = Object.keys(entry.params)
  const stranger = Object.keys(given).find((name) => !known.includes(name))
  if (stranger !== undefined)
    return { bad: stranger, accepted: known.length === 0 ? 'no parameters' : known.join(', ') }
  for (const [name, rule] of Object.entries(entry.params)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined || value === '') {
      if (rule.isOptional) continue
      return { bad: name, accepted: rule.meaning === '' ? 'a value' : rule.meaning }
    }
    const read = rule.read(value)
    if ('accepted' in read) return { bad: name, accepted: read.accepted }
    values[name] = read.value
  }
  return { values }
}
