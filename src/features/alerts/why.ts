/** `/alert why`: what became of an alert, and what would become of it now, in the sentences of the pipeline itself. */
import { sql } from 'drizzle-orm'
import type { Call } from '../../core/call.ts'
import { type Db, rows } from '../../core/db.ts'
import type { Message } from '../../core/effects.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { aggregate } from './aggregate.ts'
import { type AlertGroup, asAlert, firingOf, membersOf } from './domain.ts'
import { messageName } from './effects.ts'
import { lookAround } from './looking-around.ts'
import { pass, type Step } from './pipeline.ts'
import { shortId, titleOf } from './words.ts'

export async function why(call: Call, group: AlertGroup): Promise<Message> {
  const rules = call.policy(aggregate)
  const surroundings = await lookAround(call.db, { now: call.now, service: null, incident: null })
  const [member] = [...firingOf(group), ...membersOf(group)]
  const place = { route: group.route, key: group.key }
  const steps =
    member === undefined
      ? []
      : pass({
          alert: asAlert(group.source, member),
          known: null,
          isNews: false,
          group,
          route: rules.routeOf(group.route),
          place,
          surroundings,
          policy: rules,
          now: call.now,
        }).steps.filter(({ stage }) => !onArrival.has(stage))
  const message = await deliveryOf(call.db, messageName(group))
  return {
    text: `What became of ${escapeInline(titleOf(group))}`,
    blocks: [
      section(`${bold(titleOf(group))} \`${shortId(group.id)}\` from ${escapeInline(group.source)}`),
      ...sections([...history(group), messageWords(group, message)].map((line) => `• ${line}`)),
      section('*As it stands now, stage by stage*'),
      ...sections(steps.map(stepLine)),
      ...(group.status === 'resolved' ? [context(['It is over. The stages are those of its last alert.'])] : []),
    ],
  }
}

// What they found when it came is said above; of an alert that is known they would say what never was.
const onArrival: ReadonlySet<string> = new Set(['expire', 'dedup', 'order'])

const marks: Record<Step['goes'], string> = {
  on: ':small_blue_diamond:',
  away: ':wastebasket:',
  'on hold': ':no_bell:',
}

function stepLine({ stage, goes, why: words }: Step): string {
  return `${marks[goes]} *${stage}* ${withMoments(words)}`
}

/** The stages say moments in full; people read them by their own clock. */
function withMoments(words: string): string {
  return escapeInline(shorten(words, 400)).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => when(instant))
}

function history(group: AlertGroup): string[] {
  const { outbreak, dropped, incident } = group
  const { duplicate = 0, late = 0 } = dropped
  const held = firingOf(group).filter(({ holds }) => holds.length > 0).length
  return [
    outbreak.number === 0
      ? 'It never fired here: only its end was heard of.'
      : `Outbreak ${outbreak.number} began ${when(outbreak.startedAt)} and fired ${plural(outbreak.firedCount, 'time', 'times')}.`,
    ...(duplicate > 0
      ? [`${plural(duplicate, 'observation', 'observations')} said what was known, and changed nothing.`]
      : []),
    ...(late > 0 ? [`${plural(late, 'observation', 'observations')} came late: something newer was known.`] : []),
    ...(held > 0 ? [`${held} of ${firingOf(group).length} that fire are kept quiet.`] : []),
    ...(outbreak.isActed ? ['What its route wants done was done.'] : []),
    ...(outbreak.paged === null ? [] : [`The team ${escapeInline(outbreak.paged)} was paged.`]),
    ...(incident === null ? [] : [`INC-${incident.id} runs for it (${escapeInline(incident.status)}).`]),
    ...(incident === null && outbreak.ledTo !== null ? [`It led to INC-${outbreak.ledTo}.`] : []),
    ...(outbreak.acknowledgedAt === null
      ? []
      : [
          `${outbreak.acknowledgedBy === null ? 'Somebody' : mention(outbreak.acknowledgedBy)} acknowledged it ${when(outbreak.acknowledgedAt)}.`,
        ]),
  ]
}

interface MessageDelivery {
  isPosted: boolean
  closedAt: string | null
  notBefore: string
  error: string | null
}

async function deliveryOf(db: Db, name: string): Promise<MessageDelivery | null> {
  const [row] = await rows<MessageDelivery>(
    db,
    sql`select to_char(closed_at at time zone 'UTC', ${isoFormat}) as "closedAt",
        to_char(not_before at time zone 'UTC', ${isoFormat}) as "notBefore", last_error as error,
        exists (select 1 from things where name = ${name} and observed is not null) as "isPosted"
      from outbox where thing = ${name} order by closed_at is null desc, id desc limit 1`,
  )
  return row ?? null
}

const isoFormat = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'

export function messageWords(
  { outbreak }: { outbreak: Pick<AlertGroup['outbreak'], 'isShown'> },
  delivery: MessageDelivery | null,
): string {
  if (!outbreak.isShown) return 'No message of it was posted.'
  if (delivery === null) return 'Its message was delivered, too long ago to say when.'
  const { closedAt, notBefore, error, isPosted } = delivery
  if (closedAt !== null && !isPosted) return 'It was over before its turn in the storm, so no message of it was posted.'
  if (closedAt !== null) return `Its message was brought up to date ${when(closedAt)}.`
  if (error === 'paced')
    return `Its message waits for its turn until ${when(notBefore)}: Slack takes about one a second in a channel.`
  return `Its message waits to be delivered${error === null ? '' : ` (${escapeInline(shorten(error, 80))})`}.`
}
