/**
 * Guarded actions: rollbacks and restores with a plan, a second person, a lock, a supervisor, a verification, a record.
 *
 * An *action* (A-3) is one entry of the *catalogue* asked for once, for one *target* (checkout/production). Its *tier*
 * says how grave it is (T0 reads … T3 touches data). First a *plan* is made, which only reads; *approvals* are given to
 * that plan's hash and to nothing else. An *executor* does it, at most once; *probes* say whether it helped. A *hold*
 * keeps hands off a target, a *freeze* is a window in which nothing begins, the *switch* turns all actions off. Whoever
 * *breaks the glass* goes without approvals, loudly, and is reviewed. The states are drawn in domain.ts; the database
 * keeps them (migrations/0009), and the *runner* (runner.ts) moves what moves by itself.
 */
import { feature, ruled } from '../../core/feature.ts'
import { section } from '../../lib/blocks.ts'
import { cardButtons, type Incident, isOver, resolveGate } from '../incidents/index.ts'
import { homePane } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { exportAnchor } from './audit.ts'
import { clicks } from './clicks.ts'
import { type ActionsConfig, actionsConfig } from './config.ts'
import { modals } from './forms.ts'
import { holds } from './holds/store.ts'
import { makeRules } from './rules.ts'
import { startRunner } from './runner.ts'
import { commands, noun } from './slack.ts'
import { countOutcomes, listLockingFor, listWaiting } from './store.ts'
import { actionSwitch } from './switch/store.ts'
import { startTidying } from './tidying.ts'
import { key, line, runActionButton, stateWords } from './views.ts'

export const actions = feature({
  name: 'actions',
  config: actionsConfig,
  ruled: [
    ruled(aggregate, makeRules),
    ruled(holds, ({ config, templates }) => ({
      longest: (config.actions as ActionsConfig).holds.longest,
      templates,
      opsChannel: config.channels.ops,
    })),
    ruled(actionSwitch, ({ config, templates }) => ({ templates, opsChannel: config.channels.ops })),
  ],
  nouns: [noun],
  commands,
  clicks,
  modals,
  fills: [
    cardButtons.fill((incident: Incident) =>
      !isOver(incident) ? [runActionButton.draw('Run action', { incident: incident.id })] : [],
    ),
    homePane.fill(async (db, { person }) => {
      const waiting = (await listWaiting(db)).filter((action) => action.requestedBy !== person)
      return waiting.length === 0 ? [] : [section(`*Waits for approval*\n${waiting.map(line).join('\n')}`)]
    }),
    resolveGate.fill(async (db, incident) => {
      const atWork = await listLockingFor(db, incident.id)
      return atWork.map((action) => `${key(action)} (${action.title}) ${stateWords[action.state]}`)
    }),
  ],
  measures: [
    {
      name: 'tocsin_actions_total',
      help: 'Actions that are over or wait for somebody to say what happened, by outcome',
      labelNames: ['action', 'outcome'],
      read: countOutcomes,
    },
  ],
  scheduled: ({ config, spine, log }) => [
    {
      name: 'actions-audit-anchor',
      cron: '7 * * * *',
      runs: 'once',
      run: () => exportAnchor(spine.db, spine.now(), (config.actions as ActionsConfig).anchorFile, log),
    },
  ],
  worker: (work) => [startRunner(work), startTidying(work)],
})

export { aggregate as actionAggregate } from './aggregate.ts'
export { askForAction, requestAction, type Wish } from './asking.ts'
export { askAsWritten, mistakeIn, phraseForm, type WrittenWish } from './asking-in-words.ts'
export { readAnchors, verifyAudit } from './audit.ts'
export { type Action, type Event as ActionEvent, ends as actionEnds, type Origin as ActionOrigin } from './domain.ts'
export { countAtWork } from './leases.ts'
