/**
 * Before somebody is given a lead, a role or a task: whether they can have it at all, and what whoever gives it should
 * know before they rely on it.
 */
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import type { Whereabouts } from '../../core/people.ts'
import { isWithin } from '../../lib/hours.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { wallWords } from '../../lib/wallclock.ts'
import { aggregate } from './aggregate.ts'

/**
 * Nobody is given what they cannot do: whoever has left cannot be woken, and a bot decides nothing. Whoever can, and is
 * hard to reach now, is given it all the same; the one who gives it is told, and nobody else.
 */
export async function whenAble(call: Call, person: string | null, go: () => Promise<Answer>): Promise<Answer> {
  if (person === null || person === call.person.id) return go()
  const found = await call.people.find(person)
  const kind = found?.kind ?? 'deactivated'
  if (kind === 'bot') return refuse(`${mention(person)} is a bot. Name a person.`)
  if (kind === 'deactivated') return refuse(`${mention(person)} is not in this workspace any more. Name somebody else.`)
  const answer = await go()
  if (answer.isRefusal || answer.open) return answer
  const whereabouts = await call.people.whereabouts(person)
  const facts = hardToReach(whereabouts, { now: call.now, timeZone: found?.timeZone ?? 'UTC' })
  if (facts === null) return answer
  const data = { ...facts, person: new Markup(mention(person)) }
  const words = call.policy(aggregate).templates.render('incidents/hard-to-reach', 'slack', data)
  const said = answer.tell ? { ...answer.tell, text: `${answer.tell.text}\n${words}` } : null
  return said === null ? { ...answer, ...tell(words) } : { ...answer, tell: said }
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const [evening, morning] = [22 * 60, 7 * 60]

/** Null when nothing speaks against it: whoever is active at three in the morning is awake. */
export function hardToReach(
  { presence, isQuiet, status }: Whereabouts,
  { now, timeZone }: { now: Date; timeZone: string },
): { isAway: boolean; isQuiet: boolean; status: string; night: string } | null {
  const isNight = isWithin({ days: everyDay, from: evening, to: morning, timeZone }, now)
  const isAsleep = isNight && presence !== 'active'
  if (presence !== 'away' && !isQuiet && !isAsleep) return null
  return { isAway: presence === 'away', isQuiet, status, night: isAsleep ? wallWords(timeZone, now.getTime()) : '' }
}
