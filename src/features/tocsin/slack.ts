/** `/tocsin`: for whoever runs the bot, and for whoever is new to it. */
import { z } from 'zod'
import { type Answer, type Call, tell } from '../../core/call.ts'
import { command, type Noun } from '../../core/commands.ts'
import { escapeInline, when } from '../../lib/mrkdwn.ts'
import { plural } from '../../lib/words.ts'
import { readHealth } from './store.ts'

export const noun: Noun = {
  name: 'tocsin',
  aliases: [],
  description: 'Tocsin itself: is all well, and where to begin.',
  usageHint: 'help | doctor',
  bare: async () => tell(welcome),
}

const welcome = [
  '*Something is wrong?* Type `/inc` and say what: `/inc checkout returns 500s`. A channel opens, with everything in it.',
  '`/inc help` lists what I understand there. `/tocsin doctor` says whether all is well with me.',
].join('\n')

export const commands = [
  command({
    path: 'tocsin doctor',
    aliases: ['health', 'status'],
    summary: 'Say whether all is well with Tocsin: what waits, and what could not be delivered.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/tocsin doctor'],
    run: (call) => examine(call),
  }),
]

async function examine(call: Call): Promise<Answer> {
  const { waiting, oldest, dead } = await readHealth(call.db)
  const queue =
    waiting === 0
      ? ':white_check_mark: Nothing waits to be delivered.'
      : `:hourglass: ${plural(waiting, 'message waits', 'messages wait')}, the oldest since ${when(oldest ?? call.now.toISOString())}.`
  const lost = dead.map(
    (row) =>
      `• ${row.kind} for \`${escapeInline(row.stream)}\`, given up ${when(row.at)}: \`${escapeInline(row.code)}\``,
  )
  const losses =
    lost.length === 0
      ? ':white_check_mark: Nothing was given up in the last week.'
      : `:warning: Given up in the last week:\n${lost.join('\n')}`
  return tell(`${queue}\n${losses}`)
}
