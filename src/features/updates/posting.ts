/** How an update is posted: in the words of a line, or with the form that asks the three questions. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import { choiceInput, input, modal, optionalText, requiredText, textInput } from '../../core/modals.ts'
import { section } from '../../lib/blocks.ts'
import { formatDuration } from '../../lib/duration.ts'
import { escapeInline, readable } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { aboutOf, isAskedThere, isOver, key, readIncident } from '../incidents/index.ts'
import { openTasksFor, type Task } from '../tasks/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { type Next, type Plan, partMax, type Words } from './domain.ts'
import { load } from './store.ts'

const minute = 60_000
const nextChoices = [
  { value: '15', text: 'In 15 minutes' },
  { value: '30', text: 'In 30 minutes' },
  { value: '60', text: 'In 1 hour' },
  { value: '120', text: 'In 2 hours' },
  { value: '1440', text: 'Tomorrow, at this time' },
  { value: 'none', text: 'No time is set' },
]

export const updateForm = modal({
  id: 'updates.post',
  title: 'Post an update',
  submit: 'Post',
  who: 'responders',
  meta: z.object({ incident: z.string(), title: z.string(), isOver: z.boolean(), cadence: z.string() }),
  values: z.object({
    known: requiredText('Say what is known, if only that it is not known yet.', partMax),
    doing: optionalText,
    needed: optionalText,
    next: z.string().nullish(),
  }),
  blocks: ({ title, isOver, cadence }, start) => [
    section(`*${escapeInline(title)}*`),
    input({
      name: 'known',
      label: 'What do we know?',
      hint: 'What is broken, for whom, since when.',
      element: textInput(start.known, { isMultiline: true, max: partMax }),
    }),
    input({
      name: 'doing',
      label: 'What do we do?',
      isOptional: true,
      element: textInput(start.doing, { isMultiline: true, max: partMax }),
    }),
    input({
      name: 'needed',
      label: 'What do we need?',
      isOptional: true,
      element: textInput(start.needed, { isMultiline: true, max: partMax }),
    }),
    ...(isOver
      ? []
      : [
          input({
            name: 'next',
            label: 'When do we say more?',
            hint: cadence,
            isOptional: true,
            element: choiceInput(nextChoices, start.next ?? 'none', 'static_select'),
          }),
        ]),
  ],
  run: async (call, { meta, values }) => {
    const { known, doing, needed } = values
    return post(call, meta.incident, { words: { known, doing, needed }, next: nextFrom(values.next) })
  },
})

function nextFrom(chosen: string | null | undefined): Next {
  const minutes = Number(chosen)
  return Number.isFinite(minutes) && minutes > 0 ? minutes * minute : 'none'
}

export async function post(call: Call, id: string, { words, next }: { words: Words; next: Next }): Promise<Answer> {
  const plan = await planFor(call, id)
  if (!plan) return sentence({ refused: 'no-such-incident' })
  const outcome = await call.perform(aggregate, plan.incident, { type: 'update.post', words, next })
  const isHere = call.channelId === null || (await isAskedThere(call, plan.incident))
  return answer(outcome, () => (isHere ? null : `Posted as an update of ${key({ id })}.`))
}

/** Pre-filled with what was said last and what is being done, so that only the news has to be typed. */
export async function openUpdateForm(call: Call, id: string): Promise<Answer> {
  const plan = await planFor(call, id)
  if (!plan) return sentence({ refused: 'no-such-incident' })
  const { incident, about, known, needed } = plan
  const every = call.policy(aggregate).every(about)
  const cadence =
    every === null ? 'Nothing is asked at this severity.' : `At ${about.severity}, every ${formatDuration(every)}.`
  const title = shorten(`${key({ id: incident })} ${about.title}`, 150)
  const tasks = await openTasksFor(call.db, incident, 10)
  const start = { known, doing: doingFrom(plan, tasks), needed, next: nearestChoice(every) }
  return { open: updateForm.open({ incident, title, isOver: isOver(about), cadence }, start) }
}

const taskMark = '• '

/** Tasks of the last update give way to the tasks of now. */
function doingFrom({ doing }: Plan, tasks: readonly Task[]): string {
  const said = doing.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(taskMark))
  const lines = tasks.map(({ number, text }) => `${taskMark}${shorten(readable(text), 120)} (task ${number})`)
  return shorten([...said, ...lines].join('\n'), partMax)
}

function nearestChoice(every: number | null): string {
  if (every === null) return 'none'
  const minutes = nextChoices.map(({ value }) => Number(value)).filter((value) => Number.isFinite(value))
  return String(minutes.findLast((value) => value * minute <= every) ?? minutes[0] ?? 'none')
}

/** The updates of an incident, for whoever may read that incident. */
export async function planFor(call: Call, id: string): Promise<Plan | null> {
  const incident = await readIncident(call, id)
  if (!incident) return null
  const plan = await load(call.db, incident.id)
  if (plan) return plan
  // Declared before this release began to keep updates.
  const outcome = await call.perform(aggregate, incident.id, { type: 'updates.follow', about: aboutOf(incident) })
  return 'refused' in outcome ? null : outcome.state
}
