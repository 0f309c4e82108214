/** How people ask for silences: in words, in a form, by a button. */
import { z } from 'zod'
import { type Answer, type Call, silence as nothing, refuse, tell } from '../../../core/call.ts'
import type { Refusal } from '../../../core/decision.ts'
import { choiceInput, input, modal, requiredText, textInput } from '../../../core/modals.ts'
import { newSubject } from '../../../core/perform.ts'
import { formatDuration, parseDuration } from '../../../lib/duration.ts'
import { type Matcher, parseMatchers, printMatchers } from '../../../lib/matchers.ts'
import { escapeInline, when } from '../../../lib/mrkdwn.ts'
import { membersOf } from '../alert.ts'
import type { AlertGroup } from '../domain.ts'
import { byReading, commonLabels, sayingOf } from '../words.ts'
import { silenceAggregate } from './aggregate.ts'
import type { Refused } from './domain.ts'
import { matchWords } from './views.ts'

const example = '`/alert silence service="search", severity="warning" 2h new disks are coming`'

/** `<matchers> <for> <reason>`: the span of time stands between the two, and neither needs quotes. */
export function readSilence(
  words: string,
): { match: Matcher[]; forMilliseconds: number; reason: string } | { problem: string } {
  const straight = words.replace(/[“”„]/g, '"')
  const spans = [...straight.matchAll(/(?<=^|\s)(?:\d+[smhd])+(?=\s|$)/gi)]
  if (spans.length === 0) return { problem: `Say for how long, after the labels: ${example}.` }
  let problem = ''
  for (const span of spans) {
    const match = parseMatchers(straight.slice(0, span.index))
    // A span inside quotes is part of a label.
    if (!Array.isArray(match)) {
      problem ||= match.problem
      continue
    }
    const reason = straight.slice(span.index + span[0].length).trim()
    return { match, forMilliseconds: parseDuration(span[0]) ?? 0, reason }
  }
  return { problem: `${escapeInline(problem)}. For example: ${example}.` }
}

export async function createSilence(
  call: Call,
  wanted: { match: readonly Matcher[]; forMilliseconds: number; reason: string },
): Promise<Answer> {
  const outcome = await call.perform(silenceAggregate, newSubject, { type: 'silence.create', ...wanted })
  if ('refused' in outcome) return sentence(outcome)
  const { id, until } = outcome.state
  return tell(
    `${id} silences ${matchWords(outcome.state)} until ${when(until)}. \`/alert unsilence ${id}\` ends it sooner.`,
  )
}

export async function endSilence(call: Call, id: string): Promise<Answer> {
  const outcome = await call.perform(silenceAggregate, id, { type: 'silence.end', silence: id })
  return 'refused' in outcome ? sentence(outcome) : nothing
}

export function sentence({ refused }: Refusal<Refused>): Answer {
  const sentences: Record<Refused, string> = {
    'no-such-silence': 'There is no silence of that name. `/alert list` shows those that hold.',
    'matches-everything': `That would silence everything. Name at least one label that an alert must have: ${example}.`,
    'reason-missing': `Say why, so that the next one on call knows: ${example}.`,
    'too-long': 'At most 30 days. What is longer belongs into the routes or the maintenance of tocsin.yml.',
    'too-short': 'At least one minute.',
    'already-over': 'It is over already.',
  }
  return refuse(sentences[refused])
}

/** What a silence of this group would be for: what its alerts have in common, whatever their severity is by then. */
export function matchersFor(group: AlertGroup): Matcher[] {
  const { title, labels } = sayingOf(group)
  const common = commonLabels(membersOf(group))
  const isByLabels = Object.keys(group.key).every((name) => name === 'alertname' || name in labels)
  const ofKey = isByLabels ? Object.keys(group.key).filter((name) => group.key[name] !== '') : []
  // A rule alone would silence it everywhere.
  const isNarrow = ofKey.some((name) => name !== 'alertname')
  const names = isNarrow ? ofKey.toSorted(byReading) : ['alertname', ...usual]
  return names.flatMap((label): Matcher[] => {
    const value = label === 'alertname' ? (common.alertname ?? title) : (common[label] ?? '')
    return value === '' ? [] : [{ label, operator: '=', value }]
  })
}

const usual = ['service', 'environment', 'instance', 'job', 'heartbeat']

export const silenceForm = modal({
  id: 'alerts.silence',
  title: 'Silence alerts',
  submit: 'Silence',
  who: 'responders',
  meta: z.object({ match: z.string(), choices: z.array(z.number()) }),
  values: z.object({
    match: requiredText('Say which alerts.', 1_000).refine(
      (text) => Array.isArray(parseMatchers(text)),
      'Write label="value", separated by commas.',
    ),
    span: z.string({ error: 'Choose for how long.' }),
    reason: requiredText('Say why, so that the next one on call knows.', 300),
  }),
  blocks: ({ match, choices }, start) => [
    input({
      name: 'span',
      label: 'For how long?',
      element: choiceInput(
        choices.map((span) => ({ value: String(span), text: formatDuration(span) })),
        start.span ?? String(choices[0] ?? ''),
        'radio_buttons',
      ),
    }),
    input({
      name: 'reason',
      label: 'Why?',
      hint: 'Shown beside the silence.',
      element: textInput(start.reason, { max: 300 }),
    }),
    input({
      name: 'match',
      label: 'Which alerts?',
      hint: 'Labels as in Alertmanager: =, !=, =~, !~. Fewer labels silence more.',
      element: textInput(start.match ?? match, { max: 1_000 }),
    }),
  ],
  run: (call, { values }) => {
    const match = parseMatchers(values.match)
    const forMilliseconds = Number(values.span)
    return createSilence(call, { match: Array.isArray(match) ? match : [], forMilliseconds, reason: values.reason })
  },
})

export function openSilenceForm(call: Call, group: AlertGroup | null): Answer {
  const { silenceFor } = call.policy(silenceAggregate)
  const match = group === null ? '' : printMatchers(matchersFor(group))
  return { open: silenceForm.open({ match, choices: [...silenceFor] }) }
}
