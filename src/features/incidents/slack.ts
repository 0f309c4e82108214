/** How people ask for things about incidents: the noun, the buttons, the shortcut, the mention. */
import { type Answer, type Call, silence } from '../../core/call.ts'
import type { Noun, SubjectKind } from '../../core/commands.ts'
import { onChoice, onClick, type Shortcut, type SlackEventListener } from '../../core/interactions.ts'
import { change, seenOnTheCard, withIncident } from './acting.ts'
import { askForSeverity, askOrResolve, changeSeverity, invite, mergeOrAsk, showList, stateDataLoss } from './asking.ts'
import { declare, declareFromWords, openFromMessage, severityPattern } from './declaring.ts'
import { openDeclareForm, openStatusForm, reasonForm } from './forms.ts'
import { dataLosses } from './incident.ts'
import { idInChannel, listOpen } from './store.ts'
import {
  acceptButton,
  acceptHandoverButton,
  changeSeverityButton,
  closeButton,
  dataLossMenu,
  declareAnywayButton,
  declareButton,
  declineButton,
  joinButton,
  line,
  mergeButton,
  proposedSeverityButton,
  reopenButton,
  resolveButton,
  takeLeadButton,
  updateStatusButton,
} from './views.ts'

export const incidentSubject: SubjectKind = {
  name: 'incident',
  pattern: /^(?:#|inc-)(\d{1,9})$/i,
  inChannel: idInChannel,
  // Offered to anybody, so private ones are not among them; their people are in their channels.
  open: async (db) =>
    (await listOpen(db, { person: null })).map((incident) => ({ id: incident.id, text: line(incident) })),
}

export const noun: Noun = {
  name: 'inc',
  aliases: ['incident'],
  description: 'Declare and run incidents.',
  usageHint: '<what is wrong> | lead | sev | status | note | resolve | list | help',
  subject: incidentSubject,
  shorthand: severityPattern,
  bare: (call) => showList(call, ''),
  freeText: (call, text) => fromFreeText(call, text),
}

export const clicks = [
  onClick(takeLeadButton, {
    who: 'responders',
    run: (call, { incident }) =>
      change(call, incident, { type: 'incident.giveLead', to: call.person.id, onlyIfFree: true }, seenOnTheCard),
  }),
  onClick(updateStatusButton, {
    who: 'responders',
    run: (call, { incident }) => withIncident(call, incident, async (found) => ({ open: openStatusForm(found) })),
  }),
  onClick(changeSeverityButton, { who: 'responders', run: (call, { incident }) => askForSeverity(call, incident) }),
  onClick(proposedSeverityButton, {
    who: 'responders',
    run: (call, { incident, to }) => changeSeverity(call, incident, { to, reason: 'By what clients notice.' }),
  }),
  onClick(resolveButton, { who: 'responders', run: (call, { incident }) => askOrResolve(call, incident, '') }),
  onChoice(dataLossMenu, {
    who: 'responders',
    run: async (call, chosen, incident) => {
      const what = dataLosses.find((one) => one === chosen)
      return what === undefined ? silence : stateDataLoss(call, incident, what)
    },
  }),
  onClick(closeButton, {
    who: 'responders',
    run: (call, { incident }) => change(call, incident, { type: 'incident.close' }, seenOnTheCard),
  }),
  onClick(reopenButton, {
    who: 'responders',
    run: async (_call, { incident }) => ({ open: reasonForm.open({ incident, what: 'reopen' }) }),
  }),
  onClick(acceptButton, {
    who: 'responders',
    run: (call, { incident }) =>
      change(call, incident, { type: 'incident.moveTo', to: 'investigating', what: 'Accepted.' }, seenOnTheCard),
  }),
  onClick(declineButton, {
    who: 'responders',
    run: async (_call, { incident }) => ({ open: reasonForm.open({ incident, what: 'decline' }) }),
  }),
  onClick(mergeButton, { who: 'responders', run: (call, { incident }) => mergeOrAsk(call, incident, null) }),
  onClick(acceptHandoverButton, {
    who: 'responders',
    run: (call, { incident }) => change(call, incident, { type: 'incident.acceptHandover' }, seenOnTheCard),
  }),
  onClick(joinButton, { who: 'anyone', run: (call, { incident }) => invite(call, incident, [call.person.id]) }),
  onClick(declareButton, {
    who: 'anyone',
    run: async (call, { title }) => ({ open: openDeclareForm(call, { title }) }),
  }),
  onClick(declareAnywayButton, {
    who: 'anyone',
    run: (call, { title, severity, service, startedAt, source, notice }) =>
      declare(
        call,
        { title, severity, service, ...(startedAt ? { startedAt } : {}), despiteTwin: true },
        { source, notice },
      ),
  }),
]

export const shortcuts: Shortcut[] = [
  {
    id: 'incidents.declareFromMessage',
    name: 'Declare incident',
    type: 'message',
    description: 'Open an incident about this message.',
    who: 'anyone',
    run: openFromMessage,
  },
]

export const slackEvents: SlackEventListener[] = [
  {
    subscription: 'app_mention',
    type: 'app_mention',
    who: 'anyone',
    run: async (call) => showList(call, ''),
  },
]

/** `/inc checkout returns 500s` declares; `/inc p1` in an incident's channel means its severity. */
async function fromFreeText(call: Call, text: string): Promise<Answer> {
  const [first = '', ...others] = text.split(/\s+/)
  const here = call.channelId === null ? null : await idInChannel(call.db, call.channelId)
  if (severityPattern.test(first) && here !== null)
    return changeSeverity(call, here, { to: first.toUpperCase(), reason: others.join(' ') })
  return declareFromWords(call, text)
}
