/** The report on coverage, for reading. */
import type { Message } from '../../../core/effects.ts'
import { context, section } from '../../../lib/blocks.ts'
import { bold, escapeInline } from '../../../lib/mrkdwn.ts'
import { plural } from '../../../lib/words.ts'
import type { Coverage } from './coverage.ts'

const linesMax = 30

export function reportMessage({ covered, stale, missing }: Coverage, why: string | null): Message {
  const all = covered.length + stale.length + missing.length
  const heading =
    all === 0
      ? 'No alerting rule is known yet.'
      : `${covered.length} of ${plural(all, 'alerting rule has', 'alerting rules have')} a runbook that was reviewed in the last 90 days.`
  const source =
    why === null
      ? 'Rules of Prometheus, and what fired here in the last 90 days.'
      : `Only what fired here in the last 90 days: ${escapeInline(why)}.`
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...part('Without a runbook', missing.map(bold)),
      ...part(
        'Not reviewed for 90 days',
        stale.map(({ rule, runbook, reviewedAt }) => {
          return `${bold(rule)} \`${escapeInline(runbook)}\` · ${reviewedAt === null ? 'never reviewed' : `reviewed ${reviewedAt}`}`
        }),
      ),
      context([source]),
    ],
  }
}

function part(heading: string, lines: readonly string[]) {
  if (lines.length === 0) return []
  const more = lines.length > linesMax ? [`and ${lines.length - linesMax} more`] : []
  return [section([`_${heading}_`, ...lines.slice(0, linesMax), ...more].join('\n'))]
}
