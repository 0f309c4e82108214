/** How people find, start and work through runbooks. */
import { z } from 'zod'
import { type Answer, type Call, refuse, silence, tell } from '../../core/call.ts'
import { command, type Noun, restOfLine } from '../../core/commands.ts'
import { onChoice, onClick } from '../../core/interactions.ts'
import { newSubject } from '../../core/perform.ts'
import { context, section } from '../../lib/blocks.ts'
import { bold, escapeInline } from '../../lib/mrkdwn.ts'
import { nearest, plural } from '../../lib/words.ts'
import { incidentAggregate, incidentSubject, isAskedThere } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import { careAggregate, votesOf } from './care/aggregate.ts'
import { coverageAggregate } from './coverage/aggregate.ts'
import type { Command } from './domain.ts'
import { failedForm, notWorkedForm, skipForm, stopForm } from './forms.ts'
import { find, isStale, search } from './library.ts'
import { discretionOf, openingOf, valuesOf } from './opening.ts'
import type { Rules } from './rules.ts'
import type { Runbook } from './runbook.ts'
import { runStep } from './running.ts'
import {
  answerMenu,
  doneButton,
  escalateButton,
  failedButton,
  notWorkedButton,
  offer,
  runButton,
  skipButton,
  startButton,
  stopButton,
  takeButton,
  unreviewedWords,
  voteButton,
} from './views.ts'

export const noun: Noun = {
  name: 'runbook',
  aliases: [],
  description: 'Find the runbook for what is wrong, and work through it.',
  usageHint: '<words> | start <name> | list | unreviewed | coverage',
  bare: async (call) => list(call),
  freeText: async (call, words) => found(call, words),
  shorthand: /^[a-z0-9-]{3,}$/i,
}

const startCommand = {
  summary: 'Start a runbook: its steps appear here, with buttons.',
  args: z.object({ name: restOfLine }),
  who: 'responders',
  run: async (call: Call, { args }: { args: { name: string } }) => start(call, args.name, await incidentHere(call)),
} as const

export const commands = [
  command({
    ...startCommand,
    path: 'runbook start',
    aliases: ['open', 'run'],
    needsSubject: false,
    examples: ['/runbook start high-latency'],
  }),
  command({
    ...startCommand,
    path: 'inc runbook',
    summary: 'Start a runbook for this incident.',
    needsSubject: true,
    examples: ['/inc runbook high-latency'],
    run: (call, { args, subject }) => start(call, args.name, subject),
  }),
  command({
    path: 'runbook list',
    aliases: ['ls'],
    summary: 'List all runbooks, and whether they helped.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/runbook list'],
    run: (call) => list(call),
  }),
  command({
    path: 'runbook unreviewed',
    aliases: ['stale'],
    summary: 'List the runbooks that wait for a review.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/runbook unreviewed'],
    run: (call) => unreviewed(call),
  }),
  command({
    path: 'runbook coverage',
    summary: 'Say which alerting rules have no runbook, or one that nobody reviewed in 90 days.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/runbook coverage'],
    run: async (call) => {
      const { channelId, person } = call
      const outcome = await call.perform(coverageAggregate, person.id, { type: 'coverage.ask', channelId })
      return 'refused' in outcome ? refuse('Only people ask for a report.') : silence
    },
  }),
]

export const clicks = [
  onClick(startButton, { who: 'responders', run: (call, { name, incident }) => start(call, name, incident) }),
  onClick(doneButton, {
    who: 'responders',
    run: (call, { run, step }) => change(call, run, { type: 'run.finishStep', step, as: 'done', note: '' }),
  }),
  onClick(runButton, {
    who: 'responders',
    run: (call, { run, step }) => runStep(call, run, step),
  }),
  onClick(escalateButton, { who: 'responders', run: (call, { run }) => change(call, run, { type: 'run.escalate' }) }),
  onClick(takeButton, {
    who: 'responders',
    run: (call, { run, step }) => change(call, run, { type: 'run.take', step }),
  }),
  onClick(skipButton, { who: 'responders', run: async (_call, meta) => ({ open: skipForm.open(meta) }) }),
  onClick(stopButton, { who: 'responders', run: async (_call, meta) => ({ open: stopForm.open(meta) }) }),
  onClick(failedButton, { who: 'responders', run: async (_call, meta) => ({ open: failedForm.open(meta) }) }),
  onChoice(answerMenu, {
    who: 'responders',
    run: (call, answer, where) => {
      const [run = '', step = ''] = where.split('/')
      return change(call, run, { type: 'run.answer', step, answer })
    },
  }),
  onClick(voteButton, {
    who: 'anyone',
    run: async (call, { name, worked }) => {
      await call.perform(careAggregate, name, { type: 'care.vote', worked, why: '' })
      return tell('Good to know. Thank you.')
    },
  }),
  onClick(notWorkedButton, { who: 'anyone', run: async (_call, meta) => ({ open: notWorkedForm.open(meta) }) }),
]

async function change(call: Call, run: string, wanted: Command): Promise<Answer> {
  const outcome = await call.perform(aggregate, run, wanted)
  return 'refused' in outcome ? sentence(outcome) : silence
}

async function incidentHere(call: Call): Promise<string | null> {
  return call.channelId === null ? null : incidentSubject.inChannel(call.db, call.channelId)
}

async function start(call: Call, name: string, incident: string | null): Promise<Answer> {
  const { library } = rulesOf(call)
  const runbook = find(library, name)
  if (!runbook) return notFound(call, name, incident)
  const subject = incident === null ? null : await incidentAggregate.load(call.db, incident)
  const place = subject === null ? (call.channelId ?? `@${call.person.id}`) : `incidents/${subject.id}/channel`
  const values = valuesOf(subject === null ? {} : { incident: subject })
  const opening = openingOf(runbook, {
    incident: subject?.id ?? null,
    ...discretionOf(subject),
    place,
    values,
    now: call.now,
  })
  const outcome = await call.perform(aggregate, newSubject, { type: 'run.start', ...opening })
  if ('refused' in outcome) return sentence(outcome)
  const isHere = subject === null || (await isAskedThere(call, subject.id))
  return isHere ? silence : tell(`${bold(runbook.title)} is started in the channel of INC-${subject.id}.`)
}

/** Nothing is started for sounding alike: whoever means one of them presses its button. */
function notFound(call: Call, name: string, incident: string | null): Answer {
  const { library } = rulesOf(call)
  const near = nearest(
    name.toLowerCase(),
    library.runbooks.map((runbook) => runbook.name),
  )
  const meant = near.length > 0 ? near.flatMap((one) => find(library, one) ?? []) : search(library, name)
  const heading = `There is no runbook “${name}”.`
  if (meant.length === 0) return refuse(`${escapeInline(heading)} \`/runbook list\` shows all.`)
  const staleOf = (runbook: Runbook) => isStale(runbook, call.now)
  return { tell: offer(meant, { heading: `${heading} Did you mean`, incident, staleOf }), isRefusal: true }
}

async function found(call: Call, words: string): Promise<Answer> {
  const runbooks = search(rulesOf(call).library, words)
  if (runbooks.length === 0) return refuse(`No runbook is about “${escapeInline(words)}”. \`/runbook list\` shows all.`)
  return {
    tell: offer(runbooks, {
      heading: plural(runbooks.length, 'runbook found', 'runbooks found'),
      incident: await incidentHere(call),
      staleOf: (runbook) => isStale(runbook, call.now),
    }),
  }
}

const linesInSection = 15

async function list(call: Call): Promise<Answer> {
  const { library } = rulesOf(call)
  const votes = await votesOf(call.db)
  const lines = library.runbooks.map((runbook) => {
    const { helped = 0, didNot = 0 } = votes.get(runbook.name) ?? {}
    const judged = helped + didNot === 0 ? '' : ` · helped ${helped} of ${helped + didNot}`
    return `${bold(runbook.title)} \`${runbook.name}\`${judged}${isStale(runbook, call.now) ? ` · ${unreviewedWords(runbook)}` : ''}`
  })
  return { tell: listed(plural(lines.length, 'runbook', 'runbooks'), lines, unreadable(library.problems)) }
}

function unreadable(problems: Rules['library']['problems']): string[] {
  return problems.slice(0, 5).map(({ file, line, problem }) => `:x: \`${file}:${line}\` ${escapeInline(problem)}`)
}

async function unreviewed(call: Call): Promise<Answer> {
  const runbooks = rulesOf(call).library.runbooks.filter((runbook) => isStale(runbook, call.now))
  if (runbooks.length === 0) return tell(':white_check_mark: Every runbook was reviewed in its time.')
  const lines = runbooks.map((runbook) => {
    const owner = runbook.owner === null ? 'nobody owns it' : `owner ${escapeInline(runbook.owner)}`
    return `${bold(runbook.title)} \`${runbook.name}\` · ${unreviewedWords(runbook)} · ${owner}`
  })
  return { tell: listed(plural(lines.length, 'runbook waits for a review', 'runbooks wait for a review'), lines, []) }
}

function listed(heading: string, lines: readonly string[], notes: readonly string[]) {
  const pages: string[] = []
  for (let from = 0; from < lines.length; from += linesInSection)
    pages.push(lines.slice(from, from + linesInSection).join('\n'))
  return {
    text: heading,
    blocks: [section(bold(heading)), ...pages.map(section), ...(notes.length === 0 ? [] : [context(notes)])],
  }
}

function rulesOf(call: Call): Rules {
  return call.policy(aggregate)
}
