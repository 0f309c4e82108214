/** Everything that must say yes before something is done, asked just before it is done. Unknown is no. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { type Incident, incidentAggregate, isOver } from '../incidents/index.ts'
import { missingApprovals } from './decide.ts'
import type { Action, Guard } from './domain.ts'
import type { Json } from './executors/executor.ts'
import { covers, freezeFor } from './freezes.ts'
import type { Hold } from './holds/domain.ts'
import { activeHolds } from './holds/store.ts'
import { planHash } from './plan-hash.ts'
import type { Rules } from './rules.ts'
import { readSwitch } from './switch/store.ts'

export async function askGuards(db: Db, action: Action, rules: Rules, now: Date): Promise<Guard[]> {
  return [
    entryGuard(action, rules),
    approvalGuard(action),
    await switchGuard(db, action),
    await freezeGuard(db, action, rules, now),
    await holdGuard(db, action, now),
    await clockGuard(db, action),
  ]
}

/** Is the world still as it was planned? */
export function driftGuard(action: Action, observed: Json): Guard {
  const isSame = action.plan !== null && canonical(observed) === canonical(action.plan.observed)
  return guard('drift', isSame, 'The world has changed since this was planned, so the approvals are void.')
}

function entryGuard(action: Action, rules: Rules): Guard {
  const isSame = rules.catalogue.get(action.name)?.sha === action.entrySha
  return guard('entry', isSame, `The catalogue's entry ${escapeInline(action.name)} was changed since this was asked.`)
}

/** The runner believes nobody: it counts again, and makes the hash again from what is stored. */
function approvalGuard(action: Action): Guard {
  const isThisPlan = action.plan !== null && planHash(action, action.plan) === action.planHash
  const mine = action.approvals.filter((approval) => approval.planHash === action.planHash)
  const isApproved = action.breakGlass !== null || missingApprovals({ ...action, approvals: mine }) === 0
  return guard('approvals', isThisPlan && isApproved, 'This plan has not the approvals that it needs.')
}

async function switchGuard(db: Db, action: Action): Promise<Guard> {
  const state = await readSwitch(db)
  const isFree = action.tier === 0 || state?.isOff !== true
  return guard('switch', isFree, `All actions are switched off: ${state?.reason ?? ''}`)
}

async function freezeGuard(db: Db, action: Action, rules: Rules, now: Date): Promise<Guard> {
  const isExempt = action.breakGlass !== null || rules.catalogue.get(action.name)?.freezes === 'ignore'
  if (isExempt) return guard('freeze', true, '')
  const { severities, freezes } = rules
  const severity = await severityOf(db, action.incident)
  const question = { target: action.target.key, now, standing: action.standing, severity, severities }
  const freeze = freezeFor(freezes, question)
  return guard('freeze', freeze === null, `The freeze «${freeze?.name ?? ''}» is on.`)
}

async function holdGuard(db: Db, action: Action, now: Date): Promise<Guard> {
  const hold = await holdInTheWay(db, action, now)
  const { scope = '', reason = '', owner = null } = hold ?? {}
  const answer = guard('hold', hold === null, `${owner === null ? 'Tocsin ' : ''}holds ${scope}: ${reason}.`)
  return owner === null ? answer : { ...answer, whose: owner }
}

/** Somebody else's hands on the target; those of whoever asked, and of what is undone, do not count. */
export async function holdInTheWay(db: Db, action: Action, now: Date): Promise<Hold | null> {
  if (action.tier === 0 || action.breakGlass !== null) return null
  const holds = await activeHolds(db, now)
  const found = holds.find((one) => {
    const isMine = one.owner !== null && one.owner === action.requestedBy
    const isUndone = one.action !== null && one.action === action.undoes
    return covers(one.scope, action.target.key) && !isMine && !isUndone
  })
  return found ?? null
}

/** Points in time of a restore, and the life of approvals, are worth nothing when the clocks disagree. */
async function clockGuard(db: Db, action: Action): Promise<Guard> {
  if (action.tier < 3) return guard('clock', true, '')
  const [row] = await rows<{ at: string | Date }>(db, sql`select clock_timestamp() as at`)
  const apart = row ? Math.abs(new Date(row.at).getTime() - Date.now()) : Number.POSITIVE_INFINITY
  return guard('clock', apart <= 30_000, 'The clocks of this host and of the database are more than 30 seconds apart.')
}

/** Of an incident that is still open. */
export async function severityOf(db: Db, incident: string | null): Promise<string | null> {
  return (await openIncident(db, incident))?.severity ?? null
}

/** Whether a message to clients should be at hand. What only reads changes nothing for them. */
export async function doClientsHear(db: Db, action: Action, { clientsHearOf }: Rules): Promise<boolean> {
  if (action.tier === 0 || action.isPrivate) return false
  const incident = await openIncident(db, action.incident)
  return incident?.kind === 'real' && clientsHearOf(incident.severity)
}

async function openIncident(db: Db, id: string | null): Promise<Incident | null> {
  const found = id === null ? null : await incidentAggregate.load(db, id)
  return found === null || isOver(found) ? null : found
}

function guard(name: string, isOk: boolean, why: string): Guard {
  return { name, isOk, why: isOk ? '' : why }
}
