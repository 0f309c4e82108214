/** Pages when PagerDuty stumbles, and when we are killed in the middle: none lost, none doubled. */
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Fault } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { freshDatabaseUrl } from '../support/database.ts'
import { manifest } from '../support/manifest.ts'
import { story } from '../support/story.ts'

const troubles: [string, Fault][] = [
  ['is too busy (429)', { kind: 'http', status: 429, retryAfterSeconds: 2 }],
  ['is broken (500)', { kind: 'http', status: 500 }],
  ['cuts the line before it heard', { kind: 'reset', when: 'before-effect' }],
  ['cuts the line after it heard', { kind: 'reset', when: 'after-effect' }],
  ['takes it and never answers', { kind: 'hang' }],
]

for (const [trouble, fault] of troubles) {
  story(
    `PagerDuty ${trouble} for ten minutes: the page climbs by message and mail meanwhile, and arrives there once`,
    async ({ slack, stage, mail, clock }) => {
      const { faults } = stage.simulator.pagerduty
      faults.inject('v2/enqueue', fault, 1_000)
      const cleo = slack.person('cleo')
      await cleo.type('#general', '/oncall page platform checkout is down')
      await cleo.expectTold('platform is paged')
      await expect.poll(() => stage.simulator.pagerduty.calls.length, { timeout: 10_000 }).toBeGreaterThan(0)
      stage.clock.advance(60_000)
      const told = await cleo.expectTold('PagerDuty has not taken a page for platform', 'The next ones are called')
      await slack.person('ana').expectTold('checkout is down', 'PagerDuty has not taken it')
      await mail.expectMail('ana@example.com', 'checkout is down')
      stage.clock.advance(9 * 60_000)

      faults.clear()
      const arrived = () => {
        stage.clock.advance(2_000)
        return stage.simulator.pagerduty.pages().length
      }
      await expect.poll(arrived, { timeout: 10_000, interval: 100 }).toBe(1)
      // What hangs is let go after ten real seconds.
      await expect.poll(() => stage.openWork(), { timeout: 20_000 }).toEqual([])
      await clock.advance('1m')
      await told.expectEdit('It took it', 'calls now')
      expect(stage.simulator.pagerduty.pages()).toHaveLength(1)
    },
    { config: (example) => example.replace('people: [U0ANA00001, U0BEN00002, U0DMITRI04]', 'people: [U0ANA00001]') },
  )
}

test('killed in the middle, again and again: every page that was asked for goes out, once', {
  timeout: 120_000,
}, async () => {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await freshDatabaseUrl()
  const accepted = new Set<string>()
  const bots: Awaited<ReturnType<typeof startBotProcess>>[] = []
  try {
    for (let round = 0; round < 3; round += 1) {
      const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'story' })
      const sending = Array.from({ length: 3 }, async (_, n) => {
        const title = `page-${round}-${n}`
        const answer = await fetch(`${bot.url}/hooks/generic`, {
          method: 'POST',
          headers: { authorization: 'Bearer story' },
          body: JSON.stringify({ title, severity: 'critical' }),
        }).catch(() => null)
        if (answer?.status === 200) accepted.add(title)
      })
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 60))
      // A slow machine may be killed twice before it accepted anything; the last time it has.
      if (round === 2) await Promise.race(sending)
      await bot.kill()
      await Promise.all(sending)
    }
    const last = await startBotProcess({ simulator, databaseUrl, hookToken: 'story' })
    bots.push(last)
    const paged = () => simulator.pagerduty.pages().map(({ summary }) => /page-\d-\d/.exec(summary)?.[0] ?? summary)

    await expect
      .poll(() => [...accepted].filter((title) => !paged().includes(title)), { timeout: 40_000, interval: 100 })
      .toEqual([])
    expect(accepted.size).toBeGreaterThan(0)
    expect(paged().length).toBe(new Set(paged()).size)
    expect(await last.stop()).toBe(0)
    bots.pop()
    const database = await openDatabase(databaseUrl, { connections: 1 })
    expect(await findDifferences(database.db)).toEqual([])
    await database.close()
  } finally {
    for (const bot of bots) await bot.kill()
    await simulator.close()
  }
})
