/** What the buttons on an action's card do. Who may is asked when they are pressed, not when they are drawn. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { onClick } from '../../core/interactions.ts'
import { draftOf } from '../comms/index.ts'
import { aggregate } from './aggregate.ts'
import { find, isAction } from './answering.ts'
import { askForAction, openIncident } from './asking.ts'
import { momentForClients } from './clients.ts'
import { openConfirmForm } from './confirming.ts'
import type { Action } from './domain.ts'
import type { ParamValue } from './executors/executor.ts'
import { openRequestForm } from './forms.ts'
import type { Rules } from './rules.ts'
import { approveOrAsk, deny, interfere, openFor, simply } from './slack.ts'
import {
  againButton,
  approveButton,
  breakGlassButton,
  denyButton,
  key,
  lookAgainButton,
  replanButton,
  reviewButton,
  runActionButton,
  runNowButton,
  settleButton,
  stopButton,
  tellClientsButton,
  undoButton,
  withdrawButton,
} from './views.ts'

export const clicks = [
  onClick(approveButton, { who: 'anyone', run: (call, { action, plan }) => approveOrAsk(call, action, plan) }),
  onClick(denyButton, { who: 'anyone', run: (call, { action }) => deny(call, action, null) }),
  onClick(withdrawButton, {
    who: 'anyone',
    run: (call, { action }) => simply(call, action, { type: 'action.withdraw' }),
  }),
  onClick(runNowButton, {
    who: 'anyone',
    run: (call, { action }) => interfere(call, action, { type: 'action.runNow' }),
  }),
  onClick(stopButton, {
    who: 'anyone',
    run: (call, { action }) => interfere(call, action, { type: 'action.askToStop', reason: 'no reason given' }),
  }),
  onClick(replanButton, {
    who: 'anyone',
    run: (call, { action }) => interfere(call, action, { type: 'action.replan' }),
  }),
  onClick(lookAgainButton, {
    who: 'anyone',
    run: (call, { action }) => interfere(call, action, { type: 'action.lookAgain' }),
  }),
  onClick(breakGlassButton, { who: 'anyone', run: (call, { action }) => openFor(call, action, 'glass') }),
  onClick(settleButton, { who: 'anyone', run: (call, { action }) => openFor(call, action, 'settle') }),
  onClick(reviewButton, { who: 'responders', run: (call, { action }) => openFor(call, action, 'review') }),
  onClick(tellClientsButton, { who: 'responders', run: (call, { action }) => tellClients(call, action) }),
  onClick(undoButton, { who: 'anyone', run: (call, { action }) => undo(call, action) }),
  onClick(againButton, { who: 'anyone', run: (call, { action }) => again(call, action) }),
  onClick(runActionButton, {
    who: 'anyone',
    run: async (call, { incident }) => ({ open: await openRequestForm(call, incident) }),
  }),
]

/** Which words fit is asked when somebody presses: the action may have gone on since the button was drawn. */
async function tellClients(call: Call, id: string): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  return draftOf(call, action.incident, momentForClients(action) ?? undefined)
}

/** The way back is an action like any other: a plan of its own, approvals of its own. */
async function undo(call: Call, id: string) {
  const done = await find(call, id)
  if (!isAction(done)) return done
  const inverse = done.plan?.inverse
  if (!inverse) return refuse(`${key(done)} cannot be undone.`)
  return askLike(call, done, { name: inverse.action ?? done.name, params: inverse.params, undoes: done.id })
}

async function again(call: Call, id: string) {
  const done = await find(call, id)
  return isAction(done) ? askLike(call, done, { name: done.name, params: done.params }) : done
}

/** Once its incident is over, the way back is for no incident. What is private never comes out of its channel. */
async function stillFor(call: Call, { incident, isPrivate }: Action): Promise<string | null> {
  return isPrivate || (await openIncident(call, incident)) !== null ? incident : null
}

async function askLike(
  call: Call,
  done: Action,
  { name, params, undoes }: { name: string; params: Readonly<Record<string, ParamValue>>; undoes?: string },
) {
  const rules: Rules = call.policy(aggregate)
  const entry = rules.catalogue.get(name)
  const wish = {
    name,
    target: done.target.key,
    params,
    reason: undoes === undefined ? done.reason : `Undoes ${key(done)}: ${done.reason}`,
    incident: await stillFor(call, done),
    ...(undoes === undefined ? {} : { undoes }),
  }
  // The gravest want their phrase typed anew; what is to be done is known.
  return entry?.confirms === 'both' ? { open: openConfirmForm(entry, wish) } : askForAction(call, wish)
}
