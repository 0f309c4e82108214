/** What whoever takes over must know, and who is in a user group now: read in the transaction that notices the shift. */
import type { Db } from '../../../core/db.ts'
import { escapeInline, mention, when } from '../../../lib/mrkdwn.ts'
import { plural } from '../../../lib/words.ts'
import { onCallAt } from '../rotation.ts'
import type { Rules } from '../rules.ts'
import { loadSchedule, sentSince } from '../store.ts'

const pagesShown = 5

export async function factsFor(
  db: Db,
  rules: Pick<Rules, 'readHandOver'>,
  { since, now }: { since: Date; now: Date },
): Promise<string[]> {
  return [...(await rules.readHandOver(db, { now })), ...(await pageLines(db, since))]
}

/** Not what they were about: that may be private. */
async function pageLines(db: Db, since: Date): Promise<string[]> {
  const sent = await sentSince(db, since)
  if (sent.length === 0) return ['Nobody was paged in the shift that ended.']
  const lines = sent.slice(0, pagesShown).map(({ team, sentAt, acknowledgedBy }) => {
    const by = acknowledgedBy === null ? 'not acknowledged' : `acknowledged by ${acknowledgerWords(acknowledgedBy)}`
    return `• ${when(sentAt)} ${team ?? 'one person'}: ${by}`
  })
  const more = sent.length > pagesShown ? [`• and ${sent.length - pagesShown} more`] : []
  return [`*${plural(sent.length, 'page', 'pages')} in the shift that ended*`, ...lines, ...more]
}

/** Those who are on call now in all schedules that share a group, each once. */
export async function membersOfGroup(db: Db, rules: Rules, group: string, now: Date): Promise<string[]> {
  const members = new Set<string>()
  // In sequence: a group is shared by a handful of schedules.
  for (const name of rules.schedulesOf(group)) {
    const rotation = rules.rotationOf(name)
    const stored = await loadSchedule(db, name)
    const person = rotation ? onCallAt(rotation, stored?.overrides ?? [], now.getTime()) : null
    if (person !== null) members.add(person)
  }
  return [...members].toSorted()
}

/** A name of PagerDuty's comes from outside. */
function acknowledgerWords(by: string): string {
  return /^[UW][A-Z0-9]+$/.test(by) ? mention(by) : escapeInline(by)
}
