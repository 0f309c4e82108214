/** Who works on what the inbox took in: people's doings one by one, alerts in handfuls. */

import { sql } from 'drizzle-orm'
import type { Clock } from '../lib/clock.ts'
import { cleanDeep } from '../lib/text.ts'
import { type Db, rows } from './db.ts'
import type { Desk } from './desk.ts'
import type { Effect, Message } from './effects.ts'
import type { Heard } from './heard.ts'
import type { HookDelivery, HookSource } from './hooks.ts'
import { attemptsMax, type Lane } from './inbox.ts'
import type { Received } from './inbox-store.ts'
import type { Metrics } from './metrics.ts'
import type { ModalView } from './modals.ts'
import type { Spine } from './perform.ts'
import type { Templates } from './templates.ts'

/** The two things that the desk needs of Slack beside the outbox. Neither keeps or changes anything of ours. */
export interface Ear {
  /** What a stored delivery means; null when it is nothing for us. */
  hear(body: string): Promise<Heard | null>
  /** Slack lets a form be opened within three seconds of the click, so it cannot go through the outbox. */
  openModal(triggerId: string, view: ModalView): Promise<'opened' | 'too-late'>
}

export function slackLane({
  ear,
  desk,
  metrics,
  clock,
  templates,
  gaveUp,
}: {
  ear: Ear
  desk: Desk
  metrics: Metrics
  clock: Clock
  templates: Templates
  gaveUp: Lane['gaveUp']
}): Lane {
  return {
    takes: (source) => source === 'slack',
    batch: 1,
    concurrency: 16,
    async work([received]) {
      const heard = received ? await ear.hear(received.body) : null
      if (!received || !heard) return []
      const reply = await desk.hear(heard, { id: received.id, isLast: received.attempt >= attemptsMax })
      const seconds = (clock.now().getTime() - received.receivedAt.getTime()) / 1_000
      metrics.commandDuration.observe({ command: reply.what, outcome: reply.outcome }, seconds)
      if (!reply.open) return reply.effects
      const opened = await ear.openModal(reply.open.triggerId, reply.open.view)
      return opened === 'opened' ? reply.effects : [...reply.effects, tooLate(heard)]
    },
    async gaveUp(received) {
      const heard = await ear.hear(received.body)
      return [...(heard ? notDone(heard, received.id, templates) : []), ...(await gaveUp(received))]
    },
  }
}

/** Whoever asked for something waits for an answer. Who only wrote a message asked for nothing. */
function notDone(heard: Heard, id: number, templates: Templates): readonly Effect[] {
  const isAsked = ['command', 'click', 'submit', 'shortcut'].includes(heard.kind)
  const asked = heard.kind === 'command' ? `${heard.command} ${heard.text}` : ''
  return isAsked ? [tellWhoAsked(heard, { text: templates.render('core/not-done', 'slack', { asked, id }) })] : []
}

function tooLate(heard: Heard): Effect {
  return tellWhoAsked(heard, {
    text: 'That took me too long, and Slack no longer lets me open the form. Please try again.',
  })
}

function tellWhoAsked({ from }: Heard, message: Message): Effect {
  const where = from.channelId === null ? {} : { channelId: from.channelId }
  return { kind: 'slack.tell', person: from.personId, ...where, message }
}

export function hooksLane({
  hooks,
  spine,
  metrics,
  gaveUp,
}: {
  hooks: readonly HookSource[]
  spine: Spine
  metrics: Metrics
  /** Its sender was told that it is accepted, so somebody here must hear of it. */
  gaveUp: Lane['gaveUp']
}): Lane {
  return {
    takes: (source) => source.startsWith('hooks/'),
    // One handful at a time keeps the alerts of a group in order and folds a storm into few changes: what comes within half a
    // second is worked on together, and few who send wait for it.
    batch: 6_000,
    concurrency: 1,
    storm: { size: 20, paceMilliseconds: 500 },
    async work(received) {
      const deliveries = received.map(toDelivery)
      const effects: Effect[] = []
      for (const hook of hooks) {
        const mine = deliveries.filter(({ source }) => hook.sources.includes(source))
        if (mine.length === 0) continue
        const counts = await hook.work(spine, mine)
        for (const [source, n] of Object.entries(counts.received)) metrics.alertsReceived.inc({ source }, n)
        for (const [reason, n] of Object.entries(counts.dropped)) metrics.alertsDropped.inc({ reason }, n)
        effects.push(...(counts.effects ?? []))
      }
      return effects
    },
    gaveUp,
  }
}

function toDelivery(received: Received): HookDelivery {
  const [, source = '', name = null] = received.source.split('/')
  return {
    source,
    name,
    body: received.content ?? cleanDeep(JSON.parse(received.body)),
    receivedAt: received.receivedAt,
    by: { actor: { kind: 'source', name: source }, cause: `inbox/${received.id}` },
  }
}

/** What was heard in an earlier delivery. */
export async function rehear(db: Db, ear: Ear, deliveryId: number): Promise<Heard | null> {
  if (!Number.isSafeInteger(deliveryId)) return null
  const [row] = await rows<{ body: string }>(
    db,
    sql`select body from inbox where id = ${deliveryId} and source = 'slack'`,
  )
  return row ? ear.hear(row.body) : null
}
