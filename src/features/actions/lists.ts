/** `/action list`: what can be done, what is going on, what was done. */
import type { Message } from '../../core/effects.ts'
import { actions as row, section } from '../../lib/blocks.ts'
import { bold, escapeInline, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import type { Action } from './domain.ts'
import { freezeFor } from './freezes.ts'
import type { Hold } from './holds/domain.ts'
import type { Rules } from './rules.ts'
import type { ActionSwitch } from './switch/domain.ts'
import { line, reviewButton, runActionButton } from './views.ts'

export interface Overview {
  rules: Rules
  open: readonly Action[]
  newest: readonly Action[]
  toReview: readonly Action[]
  held: readonly Hold[]
  kill: ActionSwitch | null
  now: Date
}

export function overview(given: Overview): Message {
  const parts = [
    ...obstacles(given),
    ...titled('Under way', given.open.map(line)),
    ...titled('Over', given.newest.map(line)),
    ...titled(
      'To be reviewed',
      given.toReview.map((action) => `${line(action)} · by ${when(action.review?.dueAt ?? '')}`),
    ),
    ...titled('Can be asked for', catalogueLines(given.rules)),
  ]
  const text = given.open.length === 0 ? 'No action is under way.' : 'These actions are under way.'
  const [review] = given.toReview
  return {
    text,
    blocks: [
      section(bold(text)),
      ...parts.map(section),
      row([
        runActionButton.draw('Run action', { incident: null }),
        ...(review ? [reviewButton.draw('Review', { action: review.id })] : []),
      ]),
    ],
  }
}

function catalogueLines(rules: Rules): string[] {
  const lines = [...rules.catalogue.values()].flatMap((entry) =>
    entry.targets.map(
      (target) =>
        `\`/action ${entry.verb} ${escapeInline(target.replace('/', ' '))}\` ${escapeInline(shorten(entry.title, 60))} · T${entry.tier}`,
    ),
  )
  return lines.length === 0 ? ['Nothing yet: `actions.catalogue` in tocsin.yml is empty.'] : lines
}

function obstacles({ rules, held, kill, now }: Overview): string[] {
  const off = kill?.isOff
    ? [
        `:no_entry: ${kill.by === null ? 'Tocsin' : mention(kill.by)} switched off all actions ${when(kill.at)}: ${escapeInline(kill.reason)}`,
      ]
    : []
  const holdLines = held.map(
    (hold) =>
      `:lock: ${bold(hold.scope)} is held by ${hold.owner === null ? 'Tocsin' : mention(hold.owner)} until ${when(hold.until)}: ${escapeInline(shorten(hold.reason, 150))}`,
  )
  const targets = [...new Set([...rules.catalogue.values()].flatMap((entry) => entry.targets))]
  const { severities, freezes } = rules
  const frozen = targets.flatMap((target) => {
    const freeze = freezeFor(freezes, { target, now, standing: [], severity: null, severities })
    return freeze === null ? [] : [`:snowflake: ${bold(target)} is frozen: ${escapeInline(freeze.name)}`]
  })
  return [...off, ...titled('Held', holdLines), ...titled('Frozen', frozen)]
}

function titled(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const pages: string[] = []
  for (let from = 0; from < Math.min(lines.length, 40); from += 10) pages.push(lines.slice(from, from + 10).join('\n'))
  const [first = '', ...others] = pages
  return [`${bold(title)}\n${first}`, ...others]
}
