/**
 * Comms: what clients, and those who speak with them, are told. The truth, quickly, and nothing else.
 *
 * A *story* is what clients are told about one incident, one maintenance, or something new. It has *messages* (posts),
 * each made from *public facts* and the template of a *moment*. A fact becomes public through one door, a form that a
 * person fills in. Messages are *read by somebody else*, approved as they are, published everywhere at once, and never
 * taken back in silence: a *correction* is published beside. *Outlets* are Slack channels, e-mail, webhooks and the
 * status page. When clients are promised the next word, that is kept, or asked for.
 *
 *   draft ──▶ in review ──▶ approved ──▶ published ──▶ corrected      any edit leads back to review; discarded ends it
 *
 * Read `public.ts` (what may leave the house), `story.ts` and `domain.ts` (what is allowed), `outlets.ts` (where to).
 */
import { feature, ruled } from '../../core/feature.ts'
import { on } from '../../core/subscriptions.ts'
import type { Silence, Event as SilenceEvent } from '../alerts/silences/domain.ts'
import { cardButtons, cardParts, onAboutChanged, resolveGate } from '../incidents/index.ts'
import { homePane } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { commsConfig } from './config.ts'
import { digestAggregate, digests } from './digest.ts'
import { storyOfHold } from './effects.ts'
import { followerClicks, followerCommands, subscribeForm } from './followers/slack.ts'
import { followerAggregate } from './followers/store.ts'
import { startMailing } from './mailing.ts'
import { standing } from './moments.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, modals, noun } from './slack.ts'
import { statusPageScheduled, statusPages, statusPageWorkers, subscribersRuled } from './status-page/index.ts'
import { listToReview, publicPhaseOf } from './store.ts'
import { cardButton, cardPart, homePart } from './views.ts'

const shownAtHome = 10

export const comms = feature({
  name: 'comms',
  config: commsConfig,
  ruled: [
    ruled(aggregate, makeRules),
    ruled(followerAggregate, makeRules),
    ruled(digestAggregate, makeRules),
    subscribersRuled,
  ],
  nouns: [noun],
  commands: [...commands, ...followerCommands],
  clicks: [...clicks, ...followerClicks],
  modals: [...modals, subscribeForm],
  on: [
    ...onAboutChanged((id, about) => [
      { kind: 'perform', feature: 'comms', id, command: { type: 'comms.follow', about } },
    ]),
    on<Silence, SilenceEvent, 'silence.created'>('silence.created', ({ event }) => {
      const story = storyOfHold(event)
      const command = { type: 'comms.noteHold', silence: event.id }
      return story === null ? [] : [{ kind: 'perform', feature: 'comms', id: story, command }]
    }),
  ],
  worker: (work) => [startMailing(work), ...statusPageWorkers(work)],
  fills: [
    cardParts.fill(cardPart),
    cardButtons.fill(cardButton),
    homePane.fill(async (db, { person }) => homePart(await listToReview(db, shownAtHome), person)),
    resolveGate.fill(async (db, { id }) => {
      const phase = await publicPhaseOf(db, id)
      if (phase === null || standing(phase) !== 'going-on') return []
      return ['Clients still read that this goes on. «Draft client update» tells them that it is over.']
    }),
  ],
  pages: statusPages,
  scheduled: (work) => [...digests(work), ...statusPageScheduled(work)],
})

export { clientsHearOf } from './config.ts'
export type { Event as CommsEvent, Story } from './domain.ts'
export { momentOf, moments } from './moments.ts'
export { draftOf } from './slack.ts'
export { writeStatusCopy } from './status-page/index.ts'
