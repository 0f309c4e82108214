/** App Home: one view a person, always published whole, so publishing twice is publishing once. */
import type { SlackEffect } from '../../core/effects.ts'
import type { Delivered } from '../../core/ports.ts'
import type { Call } from './call.ts'

// Slack's own limit for a view.
const blocksMax = 100

export async function showHome(
  call: Call,
  { person, blocks }: Extract<SlackEffect, { kind: 'slack.home' }>,
): Promise<Delivered> {
  await call('views.publish', { user_id: person, view: { type: 'home', blocks: blocks.slice(0, blocksMax) } })
  return {}
}
