/** The world of rehearsed actions, in the hands of a story: catalogue entries, and the file that makes trouble. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Person, Play, SeenMessage } from './story.ts'

type Slack = Play['slack']

/** An entry for `tocsin.yml` as YAML, on checkout/production, that ends soon and well unless it is told otherwise. */
export function rehearsed(name: string, changes: Record<string, unknown> = {}): string {
  const entry = {
    title: 'Roll back checkout',
    verb: 'rollback',
    targets: ['checkout/production'],
    tier: 'T2',
    executor: 'rehearsal',
    with: { takesMilliseconds: 100 },
    params: { to: { type: 'lookup', optional: true } },
    request: 'responders',
    approve: [{ group: 'approvers' }],
    timeout: '2m',
    verify: { probes: [{ rehearsal: {} }], passes: 1, every: '1s', within: '10s' },
    ...changes,
  }
  return `    ${name}: ${JSON.stringify(entry)}\n`
}

// The example's real rollback of checkout/production makes room for rehearsed ones.
const realEntry = / {4}rollback-checkout: [\s\S]*?(?= {4}rollback-checkout-rehearsal:)/

/** tocsin.yml with these entries beside its own. */
export function withEntries(...entries: readonly string[]): (example: string) => string {
  return (example) =>
    example
      .replace(realEntry, '')
      // Whom an incident wakes is another story.
      .replace('severities: [P1]\n', 'severities: [P4]\n')
      .replaceAll(/page: platform\n/g, 'page: null\n')
      .replace(
        '  catalogue: # What can be done from Slack. Nothing else can.\n',
        (line) => `${line}${entries.join('')}`,
      )
}

export interface WorldChange {
  versions?: readonly string[]
  live?: string
  isSick?: boolean
  trouble?: string
}

export function changeWorld(
  { dataFolder }: { dataFolder: string },
  change: WorldChange,
  target = 'checkout-production',
): void {
  const home = path.join(dataFolder, 'runs', 'rehearsal')
  mkdirSync(home, { recursive: true })
  writeFileSync(path.join(home, `${target}.json`), JSON.stringify(change))
}

/** How often something was started there, ever. */
export function startsOf({ dataFolder }: { dataFolder: string }, target = 'checkout-production'): string[] {
  try {
    return readFileSync(path.join(dataFolder, 'runs', 'rehearsal', `${target}.dispatches`), 'utf8')
      .trim()
      .split('\n')
  } catch {
    return []
  }
}

/** Ana asks for a rollback of checkout in production; the card is in #ops. */
export async function asked(
  slack: Slack,
  number: number,
  by: Person = slack.person('ana'),
  words = '',
): Promise<SeenMessage> {
  await by.type('#general', `/action rollback checkout production${words} because clients see errors`)
  await by.expectTold(`A-${number} is being planned`)
  const ops = slack.channel('#ops')
  const card = await ops.expectMessage('Roll back checkout · checkout · production', `A-${number} `)
  await ops.expectMessage(`A-${number} waits for approval`)
  return card
}

/** What everybody reads while it begins and ends well. */
export async function expectRun(slack: Slack, number: number): Promise<void> {
  for (const name of ['#ops', '#status-updates']) {
    await slack.channel(name).expectMessage(`A-${number} began`)
    await slack.channel(name).expectMessage(`A-${number} worked and is verified`)
  }
}
