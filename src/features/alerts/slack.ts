/** What people press on the message of an alert. */
import { z } from 'zod'
import { type Answer, type Call, silence, tell } from '../../core/call.ts'
import { button, onClick } from '../../core/interactions.ts'
import { newSubject } from '../../core/perform.ts'
import { incidentAggregate, incidentSentence } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import type { AlertGroup, Verdict } from './domain.ts'
import { declaration } from './effects.ts'
import { endSilence, openSilenceForm } from './silences/asking.ts'
import { endSilenceButton } from './silences/views.ts'
import { load } from './store.ts'
import {
  acknowledgeButton,
  declareIncidentButton,
  duplicateButton,
  judgeButton,
  noiseButton,
  notYetButton,
  silenceButton,
} from './views.ts'

/** Slack tells us of a click on a link, too. There is nothing to do about it. */
const openLinkButton = button('alerts.openLink', z.unknown())

export const clicks = [
  onClick(acknowledgeButton, { who: 'responders', run: (call, { alert }) => acknowledge(call, alert) }),
  onClick(declareIncidentButton, {
    who: 'responders',
    run: (call, { alert }) => withAlert(call, alert, (group) => declareFrom(call, group)),
  }),
  onClick(silenceButton, {
    who: 'responders',
    run: (call, { alert }) => withAlert(call, alert, async (group) => openSilenceForm(call, group)),
  }),
  onClick(endSilenceButton, { who: 'responders', run: (call, ended) => endSilence(call, ended.silence) }),
  onClick(judgeButton, { who: 'responders', run: (call, judged) => judge(call, judged) }),
  onClick(noiseButton, { who: 'responders', run: (call, judged) => judge(call, { ...judged, verdict: 'noise' }) }),
  onClick(duplicateButton, {
    who: 'responders',
    run: (call, judged) => judge(call, { ...judged, verdict: 'duplicate' }),
  }),
  onClick(notYetButton, {
    who: 'responders',
    run: async () => tell('It goes on, then. I ask again when alerts have come and gone once more.'),
  }),
  { id: openLinkButton.id, who: 'anyone' as const, run: async () => silence },
]

export async function withAlert(call: Call, id: string, go: (group: AlertGroup) => Promise<Answer>): Promise<Answer> {
  const group = await load(call.db, id)
  return group === null ? sentence({ refused: 'no-such-alert' }) : go(group)
}

export async function acknowledge(call: Call, alert: string): Promise<Answer> {
  const outcome = await call.perform(aggregate, alert, { type: 'alert.acknowledge', by: null })
  return answer(outcome, () => null)
}

export async function declareFrom(call: Call, group: AlertGroup): Promise<Answer> {
  if (group.incident !== null)
    return incidentSentence({ refused: 'already-declared', details: { id: group.incident.id } })
  const rules = call.policy(aggregate)
  const wanted = declaration(group, { severity: null, asTriage: false, at: call.now.toISOString(), rules })
  const outcome = await call.perform(incidentAggregate, newSubject, wanted)
  if ('refused' in outcome) return incidentSentence(outcome)
  // The alert hears of its incident anyway, a moment later. Whoever looks within that moment must see it.
  const { id, status, severity } = outcome.state
  const incident = { id, status, severity }
  await call.perform(aggregate, group.id, { type: 'alert.linkIncident', incident, leaves: true })
  return tell(`INC-${outcome.id} is declared as ${outcome.state.severity}. Its channel opens now, with you in it.`)
}

async function judge(
  call: Call,
  { alert, outbreak, verdict }: { alert: string; outbreak: number; verdict: Verdict },
): Promise<Answer> {
  const outcome = await call.perform(aggregate, alert, { type: 'alert.judge', outbreak, verdict })
  return answer(outcome, () => null)
}
