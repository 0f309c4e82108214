/** What the world hears about updates: who is told, who is asked, and what stands on the card. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type About, isOver, key, placeFor, putOnCard } from '../incidents/index.ts'
import type { Event, Plan } from './domain.ts'
import type { Rules } from './rules.ts'
import { askMessage, cardFacts, updateMessage, whereWords } from './views.ts'

export function effects(plan: Plan, event: Event, given: Given<Rules>): readonly Effect[] {
  const { policy, now } = given
  switch (event.type) {
    case 'updates.followed':
      return [...askLater(plan, policy), ...onCard(plan, now), ...tellItsEnd(plan, event.from, policy)]
    case 'update.posted':
      return [
        ...inItsChannel(plan, updateMessage(plan, 'inside'), policy),
        ...(isForEverybody(plan.about)
          ? [{ kind: 'slack.say' as const, to: policy.updatesIn, message: updateMessage(plan, 'outside') }]
          : []),
        ...onCard(plan, now),
        ...askLater(plan, policy),
      ]
    case 'update.overdue':
      return [...ask(plan, event, policy), ...onCard(plan, now), ...askLater(plan, policy)]
    default:
      return unreachable(event)
  }
}

/** A private incident, a test and a drill are nobody's business but their own people's. */
function isForEverybody({ isPrivate, isReal }: About): boolean {
  return isReal && !isPrivate
}

function inItsChannel(plan: Plan, message: ReturnType<typeof updateMessage>, { announceIn }: Rules): Effect[] {
  const place = placeFor(plan.incident, plan.about, announceIn)
  return place === null
    ? []
    : [{ kind: 'slack.say', to: place.to, message: { ...message, text: place.sign(message.text) } }]
}

/** Nothing was promised and nothing said: the card has nothing to show, and need not be drawn again. */
function onCard(plan: Plan, now: Date): Effect[] {
  const facts = cardFacts(plan, now)
  return plan.count === 0 && plan.nextAt === null && !isOver(plan.about)
    ? []
    : [putOnCard(plan.incident, 'updates', facts)]
}

/** Set, moved or cancelled: whatever fits how it stands now. */
function askLater({ incident, nextAt, askedCount }: Plan, { askAfter }: Rules): Effect[] {
  const key = `updates/${incident}/due`
  const after = askAfter[askedCount]
  if (nextAt === null || after === undefined) return [{ kind: 'timer.cancel', key }]
  const at = new Date(Date.parse(nextAt) + after).toISOString()
  return [
    { kind: 'timer.set', key, at, fire: { feature: 'updates', id: incident, command: { type: 'update.askFor' } } },
  ]
}

function ask(plan: Plan, event: Extract<Event, { type: 'update.overdue' }>, rules: Rules): Effect[] {
  const words = rules.templates.render('updates/overdue', 'slack', {
    incident: key({ id: plan.incident }),
    due: event.dueAt,
    person: event.person === null ? '' : new Markup(mention(event.person)),
    isEscalated: event.asked === 'escalation',
    isLast: event.time >= event.of,
  })
  return inItsChannel(plan, askMessage(plan.incident, words), rules)
}

/** Whoever was told that it is bad is told that it is over. */
function tellItsEnd(plan: Plan, from: About | null, rules: Rules): Effect[] {
  const { about, count } = plan
  if (count === 0 || !isOver(about) || from === null || isOver(from) || !isForEverybody(about)) return []
  const text = rules.templates.render('updates/ended', 'slack', {
    where: new Markup(whereWords(plan)),
    severity: about.severity,
    status: about.status,
  })
  return [{ kind: 'slack.say', to: rules.updatesIn, message: { text } }]
}
