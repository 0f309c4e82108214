/** Actions that touch something: a broken release of a running service is rolled back from Slack, with tocsin.yml as shipped. */
import { expect } from 'vitest'
import { type DemoService, demoFolder, startDemoService } from '../../src/simulator/demo-service/index.ts'
import { holdPort } from '../support/postgres.ts'
import { type Play, story } from '../support/story.ts'

type Held = Awaited<ReturnType<typeof holdPort>>
const [first, second] = [await holdPort(), await holdPort()]
const configWith = (held: Held) => (example: string) => example.replaceAll('3100', String(held.port))

async function withDemo({ stage }: Play, held: Held, play: (demo: DemoService) => Promise<void>): Promise<void> {
  await held.letGo()
  const demo = await startDemoService({ folder: demoFolder(stage.dataFolder), port: held.port })
  try {
    await play(demo)
  } finally {
    await demo.close()
  }
}

const statusOf = async (demo: DemoService) => (await fetch(`${demo.url()}/checkout`)).status

story(
  'a newcomer rolls back the broken release of a running service, and the clients are served again',
  async (play) =>
    withDemo(play, first, async (demo) => {
      const { slack } = play
      const [ana, ben] = [slack.person('ana'), slack.person('ben')]
      expect(await statusOf(demo)).toBe(500)

      await ana.type('#general', '/action rollback checkout production because clients see errors')
      await ana.expectTold('A-1 is being planned')
      const ops = slack.channel('#ops')
      const card = await ops.expectMessage('Roll back checkout · checkout · production', 'v142-', 'v141-')
      await ops.expectMessage('A-1 waits for approval by approvers', 'v142-', 'v141-')
      expect(await statusOf(demo)).toBe(500)
      await ben.click(card, 'Approve')

      await ops.expectMessage('A-1 began')
      await ops.expectMessage('A-1 worked and is verified', 'v141-')
      expect(await statusOf(demo)).toBe(200)
      await card.expectEdit('worked, verified', 'healthz answers 200 with the planned name: 200 in')
      const updates = slack.channel('#status-updates')
      await updates.expectMessage('A-1 began')
      await updates.expectMessage('A-1 worked and is verified')
      await ops.expectMessage('@ana holds checkout/production')

      // To the tool "the one before" is the broken one now. Nobody means that who says "roll back".
      await ben.type('#general', '/action rollback checkout production because it is still slow')
      await ben.expectTold('A-2 is being planned')
      const again = await ops.expectMessage('Roll back checkout', 'asked by @ben')
      await again.expectEdit('No plan can be made: This would put v142-', 'which A-1 took away', 'to=…', 'Undo…')
    }),
  { config: configWith(first) },
)

// The same command, with some seconds before it: time to restart a bot in.
const slowly = (example: string) =>
  configWith(second)(example).replace(
    'run: [node, src/simulator/demo-service/release.ts,',
    `run: [/bin/sh, -c, 'sleep 2; exec "$0" "$@"', ${process.execPath}, src/simulator/demo-service/release.ts,`,
  )

story(
  'the bot is restarted while a command runs; the command goes on, and the next bot brings it to its end',
  async (play) =>
    withDemo(play, second, async (demo) => {
      const { slack, stage } = play
      const [ana, ben] = [slack.person('ana'), slack.person('ben')]
      await ana.type('#general', '/action rollback checkout production because clients see errors')
      await ana.expectTold('A-1 is being planned')
      const ops = slack.channel('#ops')
      const card = await ops.expectMessage('Roll back checkout · checkout · production', 'v142-', 'v141-')
      await ops.expectMessage('A-1 waits for approval')
      await ben.click(card, 'Approve')
      await ops.expectMessage('A-1 began')

      await stage.stopBot()
      expect(await statusOf(demo)).toBe(500)
      await expect.poll(() => statusOf(demo), { timeout: 10_000 }).toBe(200)
      await stage.startBot()

      await ops.expectMessage('A-1 worked and is verified')
      await slack.channel('#status-updates').expectMessage('A-1 began')
      await slack.channel('#status-updates').expectMessage('A-1 worked and is verified')
      await ops.expectMessage('@ana holds checkout/production')
    }),
  { config: slowly },
)
