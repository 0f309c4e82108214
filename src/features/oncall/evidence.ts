/** What test pages showed: by which way each person was reached, how soon, and how soon they answered. */
import type { Call } from '../../core/call.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, mention, when } from '../../lib/mrkdwn.ts'
import { list } from '../../lib/words.ts'
import { type TestCall, testCallsSince } from './store.ts'

const monthsShown = 92 * 86_400_000
const testsShown = 12
const onItsWay = 60_000

export async function evidenceLines({ db, now }: Call): Promise<string[]> {
  const calls = await testCallsSince(db, new Date(now.getTime() - monthsShown))
  if (calls.length === 0) return ['No test page was sent in the last three months. `/oncall test <team>` sends one.']
  const tests = [...Map.groupBy(calls, ({ page, round }) => `${page}/${round}`).values()]
  return tests.slice(0, testsShown).flatMap((test) => testLines(test, now))
}

function testLines(calls: readonly TestCall[], now: Date): string[] {
  const [first] = calls
  if (!first) return []
  const isAnswered = calls.some(({ acknowledgedAt }) => acknowledgedAt !== null)
  const head = `${when(first.calledAt)} ${bold(first.page.replace(/^test-/, ''))}${isAnswered ? '' : ': *nobody has acknowledged it*'}`
  // PagerDuty's own line goes as soon as it is known whom it woke.
  const isKnown = calls.some(({ person, way }) => way === 'pagerduty' && person !== '')
  const people = Map.groupBy(
    calls.filter(({ person }) => person !== '' || !isKnown),
    ({ person }) => person,
  )
  return [head, ...[...people].map(([person, own]) => `• ${personWords(person, own, now)}`)]
}

function personWords(person: string, calls: readonly TestCall[], now: Date): string {
  const ways = calls.map((call) => {
    const words = wayNames[call.way] ?? call.way
    if (call.deliveredAt !== null) return `${words} after ${apart(call.calledAt, call.deliveredAt)}`
    return now.getTime() - Date.parse(call.calledAt) < onItsWay ? `${words} on its way` : `${words} *not delivered*`
  })
  // PagerDuty knows itself whom to wake.
  if (person === '') return list(ways)
  const answered = calls.find(({ acknowledgedAt }) => acknowledgedAt !== null)
  const end =
    answered?.acknowledgedAt == null ? '' : `; acknowledged after ${apart(answered.calledAt, answered.acknowledgedAt)}`
  return `${mention(person)}: ${list(ways)}${end}`
}

const wayNames: Record<string, string> = { slack: 'Slack', mail: 'mail', pagerduty: 'PagerDuty' }

function apart(from: string, until: string): string {
  return formatDuration(Math.max(1_000, Date.parse(until) - Date.parse(from)))
}
