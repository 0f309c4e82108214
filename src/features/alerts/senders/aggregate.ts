/**
 * A sender that says the same over and over. Nothing of it is refused; whoever looks after it is told once, and again
 * only when an hour has passed.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Decision, Given } from '../../../core/decision.ts'
import type { Effect, Instant } from '../../../core/effects.ts'
import type { Aggregate } from '../../../core/perform.ts'
import type { Rules } from '../rules.ts'

export interface Sender {
  id: string
  noticedAt: Instant
  received: number
  unchanged: number
}

export type Command = { type: 'sender.repeatItself'; received: number; unchanged: number }
export type Event = { type: 'sender.noticed'; id: string; received: number; unchanged: number; at: Instant }
type Refused = 'noticed-already'

// So many in one handful, nearly all of them old news: no pair of senders comes to that.
const receivedMin = 200
const unchangedShareMin = 0.9
const patienceMilliseconds = 60 * 60_000

export function repeatsItself(received: number, unchanged: number): boolean {
  return received >= receivedMin && unchanged / received >= unchangedShareMin
}

export const senderAggregate: Aggregate<Sender, Command, Event, Refused, Rules> = {
  feature: 'alertSenders',
  newId: () => Promise.reject(new Error('a sender is named by its hook')),
  load,
  save,
  decide,
  evolve: (_sender, { id, at, received, unchanged }) => ({ id, noticedAt: at, received, unchanged }),
  effects,
}

export function decide(
  sender: Sender | null,
  { received, unchanged }: Command,
  { id, now }: Pick<Given<unknown>, 'id' | 'now'>,
): Decision<Event, Refused> {
  if (sender && now.getTime() - Date.parse(sender.noticedAt) < patienceMilliseconds) return []
  return [{ type: 'sender.noticed', id, received, unchanged, at: now.toISOString() }]
}

function effects(_sender: Sender, { id, received, unchanged }: Event, { policy }: Given<Rules>): readonly Effect[] {
  const text = policy.templates.render('alerts/sender-repeats-itself', 'slack', { source: id, received, unchanged })
  return [{ kind: 'slack.say', to: policy.opsIn, message: { text } }]
}

async function load(tx: Db, id: string): Promise<Sender | null> {
  const [row] = await rows<Sender>(
    tx,
    sql`select id, to_char(noticed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "noticedAt", received,
      unchanged from alert_senders where id = ${id}`,
  )
  return row ?? null
}

async function save(tx: Db, id: string, { noticedAt, received, unchanged }: Sender): Promise<void> {
  await tx.execute(sql`insert into alert_senders (id, noticed_at, received, unchanged)
    values (${id}, ${noticedAt}, ${received}, ${unchanged})
    on conflict (id) do update set noticed_at = excluded.noticed_at, received = excluded.received,
      unchanged = excluded.unchanged`)
}
