/** `/alert noisy`: which alerts cry wolf. Counted from the outbreaks themselves. */
import { sql } from 'drizzle-orm'
import type { Call } from '../../core/call.ts'
import { type Db, rows } from '../../core/db.ts'
import type { Message } from '../../core/effects.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { bold } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { aggregate } from './aggregate.ts'
import { testSource } from './domain.ts'

export interface Noise {
  rule: string
  /** Outbreaks that somebody saw. */
  outbreaks: number
  fired: number
  acknowledged: number
  ledToIncident: number
  declined: number
  /** Said nothing that another alert had not said. Not false, and still one too many. */
  duplicates: number
  falsePositives: number
}

/**
 * A false positive is what somebody called noise or declined, and what went away by itself before anybody had to do
 * anything: it was shown, and nobody acknowledged it, opened an incident, or called it useful.
 */
export async function countNoise(db: Db, since: Date): Promise<Noise[]> {
  return rows<Noise>(
    db,
    sql`select o.rule, count(*)::int as outbreaks, sum(o.fired_count)::int as fired,
        count(*) filter (where o.acknowledged_at is not null)::int as acknowledged,
        count(*) filter (where o.led_to is not null and not o.is_declined)::int as "ledToIncident",
        count(*) filter (where o.is_declined)::int as declined,
        count(*) filter (where o.verdict = 'duplicate')::int as duplicates,
        count(*) filter (where o.verdict = 'noise' or (o.verdict is null and (o.is_declined
          or (o.ended_at is not null and o.acknowledged_at is null and o.led_to is null))))::int as "falsePositives"
      from alert_outbreaks o join alert_groups g on g.id = o.group_id
      where o.number > 0 and o.is_shown and o.began_at >= ${since.toISOString()} and g.source <> ${testSource}
      group by o.rule order by "falsePositives" desc, outbreaks desc, o.rule limit 200`,
  )
}

const rulesShown = 15
const dayMilliseconds = 86_400_000

export async function noiseReport(call: Call, days: number): Promise<Message> {
  const { falsePositivesMax } = call.policy(aggregate)
  const noise = await countNoise(call.db, new Date(call.now.getTime() - days * dayMilliseconds))
  return noiseMessage(noise, { days, falsePositivesMax })
}

export function noiseMessage(
  noise: readonly Noise[],
  { days, falsePositivesMax }: { days: number; falsePositivesMax: number },
): Message {
  const span = days === 1 ? 'the last day' : `the last ${days} days`
  if (noise.length === 0) return { text: `No alert was shown in ${span}.` }
  const total = noise.reduce((sum, one) => sum + one.falsePositives, 0)
  const aDay = total / days
  const isTooMany = aDay > falsePositivesMax
  const heading = `${aDay.toFixed(1)} false positives a day in ${span}; ${isTooMany ? 'more than' : 'within'} the limit of ${falsePositivesMax}`
  const lines = noise.slice(0, rulesShown).map(noiseLine)
  const left = noise.length - rulesShown
  return {
    text: heading,
    blocks: [
      section(`${isTooMany ? ':warning:' : ':white_check_mark:'} ${bold(heading)}`),
      ...sections(left > 0 ? [...lines, `… and ${left} quieter ones`] : lines),
      context([
        'A false positive was called noise or declined, or went away by itself before anybody did anything. «It was useful», «It was noise» and «A duplicate» on a message that is over say so.',
      ]),
    ],
  }
}

function noiseLine(one: Noise): string {
  const counts = [
    `${plural(one.outbreaks, 'outbreak', 'outbreaks')}${one.fired > one.outbreaks ? ` (fired ${one.fired}×)` : ''}`,
    `${one.acknowledged} acknowledged`,
    `${one.ledToIncident} led to an incident`,
    ...(one.declined > 0 ? [`${one.declined} declined`] : []),
    ...(one.duplicates > 0 ? [plural(one.duplicates, 'duplicate', 'duplicates')] : []),
    `*${plural(one.falsePositives, 'false positive', 'false positives')}*`,
  ]
  return `• ${bold(shorten(one.rule, 80))} ${counts.join(' · ')}`
}
