/** A runbook of tests/support/runbooks-doing, under way in the channel of an incident. */
import type { Play } from './story.ts'

export const doingShelf = (example: string) =>
  example.replace('folders: [runbooks]', 'folders: [tests/support/runbooks-doing]')

export async function working({ slack }: Pick<Play, 'slack'>, runbook: string, words = 'checkout fails') {
  const ana = slack.person('ana')
  await ana.type('#general', `/inc ${words}`)
  await slack.channel('#general').expectOnlyFor(ana, 'INC-1 is declared')
  await slack.channel('#incidents').expectMessage('INC-1')
  const place = `#inc-1-${words.replaceAll(' ', '-')}`
  const room = slack.channel(place)
  const card = await room.expectMessage('INC-1', 'investigating')
  await ana.click(card, 'Take lead')
  await room.expectMessage('leads this incident')
  await ana.type(place, `/inc runbook ${runbook}`)
  return { ana, place, room, card }
}
