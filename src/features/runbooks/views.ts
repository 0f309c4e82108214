/** How a run looks: one message, edited in place. What is done is folded, the current step is open, the rest is named. */
import { z } from 'zod'
import type { Block, Message } from '../../core/effects.ts'
import { button, menu } from '../../core/interactions.ts'
import { actions, context, divider, header, section } from '../../lib/blocks.ts'
import { formatDuration } from '../../lib/duration.ts'
import { bold, escapeInline, escapeText, link, mention, when } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { firstLine, shortened } from './cut.ts'
import { currentStep, escalationOf, isCalling, isInUse, isOver, type Run, type Step, stepReached } from './domain.ts'
import { seenParts } from './output.ts'
import { canRun, type Runbook, type StepBlock } from './runbook.ts'

const ofStep = z.object({ run: z.string(), step: z.string() })
export const doneButton = button('runbooks.done', ofStep)
export const skipButton = button('runbooks.skip', ofStep)
export const failedButton = button('runbooks.failed', ofStep)
export const runButton = button('runbooks.run', ofStep)
export const escalateButton = button('runbooks.escalate', z.object({ run: z.string() }))
export const stopButton = button('runbooks.stop', z.object({ run: z.string() }))
export const takeButton = button('runbooks.take', ofStep)
export const answerMenu = menu('runbooks.answer')
export const startButton = button('runbooks.start', z.object({ name: z.string(), incident: z.string().nullable() }))
export const voteButton = button('runbooks.vote', z.object({ name: z.string(), worked: z.boolean() }))
export const notWorkedButton = button('runbooks.voteNo', z.object({ name: z.string() }))

const foldedMax = 3
const comingMax = 4

export function runMessage(run: Run, pageUrl: string): Message {
  const current = currentStep(run)
  const over = run.steps.filter(isOver)
  const number = current ? run.steps.indexOf(current) + 1 : run.steps.length
  const where = current ? `step ${number} of ${run.steps.length}` : ended(run)
  const staleness = run.isStale ? [unreviewedWords(run)] : []
  return {
    text: `Runbook: ${escapeInline(run.title)} (${where})`,
    blocks: [
      header(`📖 ${run.title}`),
      context([[where, startedWords(run), ...staleness].join(' · ')]),
      ...(run.meaning === '' || over.length > 0 ? [] : [section(shortened(run.meaning, 600))]),
      ...folded(run, over),
      ...proposal(run),
      ...(current === null ? closing(run) : open(run, current, number, pageUrl)),
      ...coming(run, current),
    ],
  }
}

function startedWords({ startedBy, startedAt }: Run): string {
  return `started ${when(startedAt, '{time}')} by ${startedBy === null ? 'Tocsin' : mention(startedBy)}`
}

function ended(run: Run): string {
  const count = (state: Step['state']) => run.steps.filter((step) => step.state === state).length
  const [done, skipped, failed] = [count('done'), count('skipped'), count('failed')]
  const parts = [
    `${done} done`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  const reached = stepReached(run)
  if (run.status === 'left' && reached !== null)
    return `left undone at step ${run.steps.indexOf(reached) + 1} of ${run.steps.length}: ${parts.join(', ')}`
  return `${run.status === 'stopped' ? 'stopped' : 'finished'}: ${parts.join(', ')}`
}

/** The last few that somebody did, one line each. What lay beside the way is no news. */
function folded(run: Run, steps: readonly Step[]): Block[] {
  const over = steps.filter(({ isPassedOver }) => isPassedOver !== true)
  if (over.length === 0) return []
  const earlier = over.length - foldedMax
  const lines = over.slice(-foldedMax).map((step) => overLine(run, step))
  return [context([...(earlier > 0 ? [`${plural(earlier, 'earlier step', 'earlier steps')} over`] : []), ...lines])]
}

/** A step failed, and help is not called yet. */
function proposal(run: Run): Block[] {
  const target = escalationOf(run)
  if (target === null) return []
  const failed = run.steps.findLast((step) => step.state === 'failed')
  const number = failed ? run.steps.indexOf(failed) + 1 : 0
  return [
    section(`:x: *Step ${number} failed.* Then: ${firstLine(target.words)}`),
    actions([escalateButton.draw('Escalate', { run: run.id }, { style: 'danger' })]),
  ]
}

const marks: Record<Step['state'], string> = {
  waiting: '▫️',
  open: '▶️',
  running: '⏳',
  done: ':white_check_mark:',
  skipped: ':fast_forward:',
  failed: ':x:',
}

function overLine(run: Run, step: Step): string {
  const facts = [
    ...(step.by === null ? [] : [mention(step.by)]),
    ...(step.at === null ? [] : [when(step.at, '{time}')]),
    ...(step.answer === null ? [] : [escapeInline(step.answer)]),
    ...(step.note === '' ? [] : [escapeInline(shorten(step.note, 120))]),
  ]
  return `${marks[step.state]} ${run.steps.indexOf(step) + 1}. ${firstLine(step.words)} · ${facts.join(' · ')}`
}

function open(run: Run, step: Step, number: number, pageUrl: string): Block[] {
  const assignee = step.assignee === null ? '' : ` · ${mention(step.assignee)} is on it`
  return [
    divider,
    section(shortened(`*${number}. ${escapeInline(step.section)}*${assignee}\n${step.words}`, 2_800)),
    ...blockParts(step.block),
    ...(step.missing.length === 0
      ? []
      : [
          context([
            `:grey_question: The alert does not say ${escapeInline(step.missing.join(', '))}: look it up by hand.`,
          ]),
        ]),
    ...seenParts(step, pageUrl),
    ...(step.state === 'running' ? [context([`⏳ ${runningWords(step)}`])] : []),
    ...buttons(run, step),
  ]
}

function runningWords({ block }: Step): string {
  switch (block?.kind) {
    case 'wait':
      return `waiting ${formatDuration(block.milliseconds)}`
    case 'action':
      return 'the action goes its own way; its card has the buttons'
    case 'page':
      return 'until somebody answers'
    case 'comms':
      return 'the message has its own review, with the buttons'
    default:
      return 'looking …'
  }
}

function blockParts(block: StepBlock | null): Block[] {
  switch (block?.kind) {
    case 'query':
      return [section(code(block.promql))]
    case 'check':
      return [context([`Looks whether \`${escapeText(block.url)}\` answers ${block.expectStatus}`])]
    case 'sql': {
      const values = block.values.map((value, index) => `$${index + 1} = ${escapeInline(shorten(value, 200))}`)
      return [section(code(block.query)), context([`Asks the database ${escapeInline(block.database)}`, ...values])]
    }
    case 'action': {
      const parameters = Object.entries(block.parameters).map(([name, value]) => `${name}=${value}`)
      return [section(code([block.action, block.target, ...parameters].join(' ')))]
    }
    case 'shell':
      return [section(code(block.text)), context(['For copying; Tocsin never runs it.'])]
    case 'link':
      return [section(link(block.url, block.title))]
    case 'comms':
      return [context([`Drafts a message to clients: \`${escapeText(block.template)}\``])]
    case 'page':
      return [context([`Wakes ${bold(block.team)}${block.message === '' ? '' : `: ${escapeInline(block.message)}`}`])]
    case 'wait':
      return [context([`Waits ${formatDuration(block.milliseconds)}`])]
    default:
      return []
  }
}

function code(text: string): string {
  return `\`\`\`${escapeText(shorten(text, 2_500)).replaceAll('```', "'''")}\`\`\``
}

function runLabel({ block }: Step): string {
  if (block?.kind === 'action') return 'Ask for it'
  if (block?.kind === 'comms') return 'Draft'
  return block?.kind === 'page' ? 'Page' : 'Run'
}

function buttons(run: Run, step: Step): Block[] {
  const value = { run: run.id, step: step.id }
  const isIdle = step.state === 'open'
  const own = [
    ...(isIdle && canRun(step.block) && step.missing.length === 0
      ? [runButton.draw(runLabel(step), value, { style: 'primary' })]
      : []),
    doneButton.draw('Done', value, canRun(step.block) ? {} : { style: 'primary' }),
    skipButton.draw('Skip', value),
    failedButton.draw('Failed', value),
    ...(step.assignee === null ? [takeButton.draw("I'm on it", value)] : []),
    stopButton.draw('Stop runbook', { run: run.id }),
  ]
  if (step.block?.kind !== 'ask') return [actions(own)]
  const choices = step.block.choices.map(({ answer }) => ({ value: answer, text: answer }))
  return [answerMenu.draw('Choose the answer', choices, `${run.id}/${step.id}`), actions(own)]
}

function coming(run: Run, current: Step | null): Block[] {
  if (current === null) return []
  const next = run.steps.filter((step) => step.state === 'waiting')
  if (next.length === 0) return []
  const lines = next.slice(0, comingMax).map((step) => `${run.steps.indexOf(step) + 1}. ${firstLine(step.words)}`)
  const more = next.length > comingMax ? [`and ${plural(next.length - comingMax, 'more', 'more')}`] : []
  return [context([`Then: ${[...lines, ...more].join(' · ')}`])]
}

/** Nobody asks whether it helped what nobody went through: what is not done is said. */
function closing(run: Run): Block[] {
  if (run.status === 'left') return [section(leftWords(run))]
  const failed = run.steps.filter((step) => step.state === 'failed')
  const escalation = run.steps.filter((step) => step.section.toLowerCase() === 'escalate')
  return [
    ...(failed.length > 0 && escalation.length > 0
      ? [section(`*Not solved?* ${escalation.map((step) => firstLine(step.words)).join(' ')}`)]
      : []),
    section('Did this runbook help?'),
    actions([
      voteButton.draw('It worked', { name: run.name, worked: true }),
      notWorkedButton.draw('It did not work', { name: run.name }),
    ]),
  ]
}

function leftWords(run: Run): string {
  const reached = stepReached(run)
  const what = reached === null ? '' : ` Still to do was: ${firstLine(reached.words)}`
  return `The incident is over.${what}\nIf it is reopened, this goes on here.`
}

/** Runbooks that somebody works with, as one question before their incident is resolved. */
export function unfinishedRuns(runs: readonly Run[]): string[] {
  const open = runs.filter(isInUse).map((run) => {
    const reached = stepReached(run)
    const number = reached === null ? run.steps.length : run.steps.indexOf(reached) + 1
    return `${bold(run.title)} at step ${number} of ${run.steps.length}`
  })
  if (open.length === 0) return []
  const what = open.length === 1 ? 'A runbook is' : 'Runbooks are'
  return [`${what} not finished: ${open.join(', ')}. It stays open until the incident is closed`]
}

/** Who is still being called by a run, as a question before its incident is resolved. */
export function callsUnderWay(run: Run): string[] {
  const calling = run.steps.filter(isCalling)
  return calling.map(({ block }) => {
    const team = block?.kind === 'page' ? block.team : ''
    return `${bold(team)} is still being called by the runbook ${bold(run.title)}: resolving lets them sleep`
  })
}

/** What is offered when several fit, and what a search finds. */
export function offer(
  runbooks: readonly Runbook[],
  { heading, incident, staleOf }: { heading: string; incident: string | null; staleOf(runbook: Runbook): boolean },
): Message {
  return {
    text: heading,
    blocks: [
      section(bold(heading)),
      ...runbooks
        .slice(0, 10)
        .flatMap((runbook) => [
          section(
            `${bold(runbook.title)} \`${runbook.name}\`${staleOf(runbook) ? ` · ${unreviewedWords(runbook)}` : ''}\n${shortened(runbook.meaning, 200)}`,
          ),
          actions([startButton.draw('Start', { name: runbook.name, incident })]),
        ]),
    ],
  }
}

/** Said wherever a runbook is that waits for a review, in the same words. */
export function unreviewedWords({ reviewedAt }: { reviewedAt: string | null }): string {
  return `:warning: ${reviewedAt === null ? 'not reviewed yet' : `not reviewed since ${reviewedAt}`}`
}
