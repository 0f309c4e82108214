/** How heartbeats look in a list: the worrying ones first. */
import type { Message } from '../../core/effects.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, when } from '../../lib/mrkdwn.ts'
import type { Spans } from './domain.ts'
import type { Known } from './store.ts'

export function listMessage(configured: readonly ({ name: string } & Spans)[], known: readonly Known[]): Message {
  if (configured.length === 0)
    return {
      text: 'There are no heartbeats in tocsin.yml. Add one below `heartbeats`: a name, and how often it comes.',
    }
  const lines = configured.map((one) =>
    lineOf(
      one,
      known.find(({ name }) => name === one.name),
    ),
  )
  return {
    text: lines
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ text }) => text)
      .join('\n'),
  }
}

function lineOf({ name, every, grace }: { name: string } & Spans, known: Known | undefined) {
  const called = bold(escapeInline(name))
  const expected = `every ${formatDuration(every)}`
  const lastAt = known?.lastAt ?? null
  if (!known || known.status === 'retired' || lastAt === null)
    return { rank: 1, text: `:grey_question: ${called} was never heard · expected ${expected} from its first beat on` }
  if (known.missingSince !== null) {
    const since = when(known.missingSince.toISOString())
    return { rank: 0, text: `:fire: ${called} is missing since ${since} · last heard ${when(lastAt.toISOString())}` }
  }
  const late = new Date(lastAt.getTime() + every + grace).toISOString()
  return {
    rank: 2,
    text: `:white_check_mark: ${called} last heard ${when(lastAt.toISOString())} · ${expected}, missed after ${when(late)}`,
  }
}
