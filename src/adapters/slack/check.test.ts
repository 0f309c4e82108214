import { expect, test } from 'vitest'
import { benches, manifest } from '../../../tests/support/slack-adapter.ts'

const open = benches()
const scopes = manifest.oauth_config.scopes.bot

test('when all is well, every check is fine', async () => {
  const { slack } = await open()

  const found = await slack.check(['#incidents', '#ops'], scopes)

  expect(found.filter(({ isFine }) => !isFine)).toEqual([])
  expect(found).toHaveLength(5)
})

test('a wrong token is the one thing to mend, and nothing else is asked', async () => {
  const { slack } = await open({ botToken: 'xoxb-wrong', isStarted: false })

  expect(await slack.check(['#incidents'])).toEqual([
    { what: expect.any(String), isFine: false, fix: expect.stringMatching(/SLACK_BOT_TOKEN.*invalid_auth/) },
  ])
})

test('a scope that is missing is named', async () => {
  const { slack } = await open()

  expect(await slack.check([], [...scopes, 'reminders:read'])).toContainEqual(
    expect.objectContaining({ isFine: false, fix: expect.stringContaining('reminders:read') }),
  )
})

test('a channel that is missing is named, with how to invite the bot', async () => {
  const { slack } = await open()

  expect(await slack.check(['#nowhere'])).toContainEqual(
    expect.objectContaining({ isFine: false, fix: expect.stringContaining('/invite @tocsin in #nowhere') }),
  )
})

test('a clock that is minutes off is found before Slack’s requests are refused for it', async () => {
  const { slack, clock } = await open()
  clock.advance(4 * 60_000)

  expect(await slack.check([])).toContainEqual(
    expect.objectContaining({ isFine: false, fix: expect.stringContaining('time service') }),
  )
})

test('a Slack that cannot be reached is said to be that', async () => {
  const { slack, simulator } = await open()
  await simulator.close()

  expect(await slack.check(['#incidents'])).toEqual([
    expect.objectContaining({ isFine: false, fix: expect.stringContaining('reach Slack') }),
  ])
})

test('in Socket Mode the app token is checked too', async () => {
  const { slack } = await open({ isSocketMode: true, appToken: 'xapp-wrong', isStarted: false })

  expect(await slack.check([])).toContainEqual(
    expect.objectContaining({ isFine: false, fix: expect.stringContaining('SLACK_APP_TOKEN') }),
  )
})
