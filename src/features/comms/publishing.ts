/** What comes of a post's publication: the words as they are sent, what it corrects, and when the next one is due. */
import type { Given } from '../../core/decision.ts'
import { standing } from './moments.ts'
import { type Event, incidentOf, type Policy, type Post, phaseAfter, type Story, signed } from './story.ts'

export function publish(story: Story, post: Post, given: Given<Policy>): Event[] {
  const { moment, facts, number: post_, corrects } = post
  const phase = phaseAfter(story, moment)
  const words = given.policy.renderAll(moment, facts)
  // A correction keeps the promise that was made.
  const promised = moment === 'correction' ? (facts.nextUpdateBy ?? story.dueAt) : facts.nextUpdateBy
  const dueAt = standing(phase) === 'going-on' ? promised : null
  const by = signed(given)
  const published: Event = {
    type: 'comms.published',
    incident: incidentOf(story),
    post: post_,
    title: facts.name,
    phase,
    words,
    dueAt,
    ...by,
  }
  // A new end, or the end itself: what kept alerts quiet until now ends, or is begun anew.
  const isMoved = story.holds.length > 0 && moment.startsWith('maintenance-')
  const ended: Event[] = isMoved ? [{ type: 'comms.holdsEnded', silences: story.holds }] : []
  return corrects === null
    ? [...ended, published]
    : [published, { type: 'comms.corrected', post: corrects, with: post_, ...by }]
}
