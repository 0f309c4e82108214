/** What a subscriber hears of us before anything is published: one mail, with the link that makes them one. */
import type { Given } from '../../../../core/decision.ts'
import type { Effect } from '../../../../core/effects.ts'
import type { Event, Subscriber } from './domain.ts'
import { confirmLink, type Rules } from './rules.ts'

export function effects({ address, id, round }: Subscriber, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  if (event.type !== 'subscriber.asked') return []
  const { settings, templates } = policy
  const names = settings.components.filter(({ key }) => event.components.includes(key)).map(({ name }) => name)
  const data = { page: settings.name, link: confirmLink(policy, id, round), components: names.join(', ') }
  return [
    {
      kind: 'mail.send',
      to: [address],
      subject: templates.render(`status-page/${settings.locale}/confirm`, 'subject', data),
      text: templates.render(`status-page/${settings.locale}/confirm`, 'text', data),
    },
  ]
}
