/** What comes back to a step from what it set going: an action on its way, a page that somebody answered. */
import type { Effect, Seen } from '../../core/effects.ts'
import { on, type Subscription } from '../../core/subscriptions.ts'
import type { Action, ActionEvent, ActionOrigin } from '../actions/index.ts'
import type { Page, PageEvent } from '../oncall/index.ts'
import type { Run, Step } from './domain.ts'

const own = 'runbook-runs'

export function actionOrigin(run: Run, step: Step): ActionOrigin {
  return { feature: own, id: `${run.id}/${step.id}`, label: `runbook ${run.title}` }
}

export function pageAbout(run: Run, step: Step): { feature: string; id: string } {
  return { feature: own, id: `${run.id}/${step.id}` }
}

interface Heard {
  outcome: Seen['outcome']
  summary: string
  /** More is to come. */
  isWaiting?: boolean
}

function tellStep(
  from: { feature: string; id: string } | null,
  { outcome, summary, isWaiting = false }: Heard,
): Effect[] {
  if (from?.feature !== own) return []
  const [id = '', step = ''] = from.id.split('/')
  const command = { type: 'run.see', step, observed: { outcome, summary, series: [] }, isWaiting }
  return [{ kind: 'perform', feature: own, id, command }]
}

type ActionWords = Partial<{
  [Type in ActionEvent['type']]: (action: Action, event: Extract<ActionEvent, { type: Type }>) => Heard
}>

const change = ({ plan }: Action) => (plan === null ? '' : `: ${plan.before} → ${plan.after}`)
const because = (why: string) => (why === '' ? '' : `: ${why}`)
const waits = (summary: string): Heard => ({ outcome: 'unknown', summary, isWaiting: true })
const bad = (summary: string): Heard => ({ outcome: 'bad', summary })

/** Said after the action's key: «A-3 waits for approval». */
const ofActions: ActionWords = {
  'action.requested': () => waits('is being planned; its own card says how it stands'),
  'action.replanned': () => waits('is being planned anew'),
  'action.planned': (action, { isApproved }) =>
    waits(isApproved ? `is about to begin${change(action)}` : `waits for approval${change(action)}`),
  'action.planRefused': (_action, { why }) => bad(`has no plan${because(why)}`),
  'action.denied': (_action, { reason }) => bad(`was denied${because(reason)}`),
  'action.withdrawn': () => bad('was withdrawn'),
  'action.expired': () => bad('expired: nobody approved it in time'),
  'action.blocked': (_action, { obstacle }) => bad(`is blocked${because(obstacle.why)}`),
  'action.dispatching': (action) => waits(`runs${change(action)}`),
  'action.succeeded': (action) => ({ outcome: 'ok', summary: `worked and is verified${change(action)}` }),
  'action.failed': (_action, { detail }) => bad(`failed${because(detail)}`),
  'action.stopped': () => bad('was stopped'),
  'action.verifyFailed': (action) => bad(`ran and did not help${change(action)}`),
  'action.unknown': (_action, { why }) => ({ outcome: 'unknown', summary: `may have happened or not${because(why)}` }),
  'action.foundAgain': () => waits('runs, and was found again'),
  'action.settled': (_action, { verdict }) =>
    verdict === 'done' ? { outcome: 'ok', summary: 'was done, as people say' } : bad('was not done, as people say'),
}

const fromActions = Object.entries(ofActions).map(([type, words]) =>
  on<Action, ActionEvent, ActionEvent['type']>(type as ActionEvent['type'], ({ id, state, event }) => {
    const heard = (words as (action: Action, event: ActionEvent) => Heard)(state, event)
    return tellStep(state.origin, { ...heard, summary: `A-${id} ${heard.summary}` })
  }),
)

const fromPages: readonly Subscription[] = [
  on<Page, PageEvent, 'page.sent'>('page.sent', ({ state }) =>
    tellStep(state.about, waits(`${state.team ?? ''} is being called`)),
  ),
  on<Page, PageEvent, 'page.acknowledged'>('page.acknowledged', ({ state }) =>
    tellStep(state.about, { outcome: 'ok', summary: `${state.team ?? ''} answered the call` }),
  ),
  on<Page, PageEvent, 'page.exhausted'>('page.exhausted', ({ state }) =>
    tellStep(state.about, bad(`nobody of ${state.team ?? ''} answered. Call somebody by telephone: /oncall contacts`)),
  ),
]

export const hearing: readonly Subscription[] = [...fromActions, ...fromPages]
