/** Planned work as clients read it, from the form in Slack to the last word. */
import { expect } from 'vitest'
import { type Play, story } from '../support/story.ts'

const read = async ({ stage }: Play, path: string) => (await fetch(`${stage.app.url}${path}`)).text()

async function stateOfSearch(play: Play): Promise<string> {
  const { components } = JSON.parse(await read(play, '/api/v2/components.json'))
  return components.find((component: { name: string }) => component.name === 'Search').status
}

story(
  'planned work is on the page and in the calendar when it is announced, felt when it begins, and over when it is done',
  async (play) => {
    const { slack, mail, clock, stage } = play
    const [ana, ben] = [slack.person('ana'), slack.person('ben')]
    const inMinutes = (minutes: number) => String(Math.floor(stage.clock.now().getTime() / 1_000) + minutes * 60)
    await ana.type('#general', '/comms maintenance')
    await ana.expectModal('Message to clients')
    await ana.submit({
      'What clients call it': 'Faster search',
      'What clients notice': 'Results may be missing.',
      'What of ours is concerned?': ['Search'],
      From: inMinutes(60),
      Until: inMinutes(120),
    })
    await ana.expectTold('Message c1.1 waits for approval')
    const review = await slack.channel('#incidents').expectMessage('Message to clients c1.1', 'Planned work')
    await clock.advance('2s')
    expect(await read(play, '/status'), 'nobody approved it yet').not.toContain('Faster search')

    await ben.click(review, 'Approve and publish')
    await mail.expectMail('leadership@example.com', 'Faster search')
    await slack.channel('#status-updates').expectMessage('Planned work', 'Faster search')
    await clock.advance('2s')
    expect(await read(play, '/status')).toMatch(/Everything works[\s\S]*Planned work[\s\S]*Faster search/)
    expect(await read(play, '/status/maintenance.ics')).toContain('SUMMARY:Faster search')
    expect(await stateOfSearch(play)).toBe('operational')

    await clock.advance('60m')
    await slack.channel('#status-updates').expectMessage('Work has begun', 'Faster search')
    await slack.channel('#incidents').expectMessage('Message to clients c1.2', 'Published')
    await slack.channel('#alerts').expectMessage('Planned work c1: Faster search')
    await clock.advance('2s')
    expect(await read(play, '/status')).toContain('Planned work is going on')
    expect(await stateOfSearch(play)).toBe('under_maintenance')
    const { scheduled_maintenances } = JSON.parse(await read(play, '/api/v2/scheduled-maintenances/active.json'))
    expect(scheduled_maintenances).toMatchObject([
      { name: 'Faster search', status: 'in_progress', impact: 'maintenance' },
    ])

    await ana.type('#general', '/comms maintenance c1 done')
    await slack.channel('#status-updates').expectMessage('Work is done')
    await slack.channel('#incidents').expectMessage('Message to clients c1.3', 'Published')
    await clock.advance('2s')
    expect(await read(play, '/status')).toContain('Everything works')
    expect(await stateOfSearch(play)).toBe('operational')
  },
)
