/** The forms of a run: why a step is skipped, what failed, why a runbook did not help. */
import { z } from 'zod'
import { tell } from '../../core/call.ts'
import { input, modal, optionalText, requiredText, textInput } from '../../core/modals.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import { careAggregate } from './care/aggregate.ts'

const ofStep = z.object({ run: z.string(), step: z.string() })

export const skipForm = modal({
  id: 'runbooks.skip',
  title: 'Skip this step',
  submit: 'Skip',
  who: 'responders',
  meta: ofStep,
  values: z.object({ note: requiredText('Say in a few words why.', 500) }),
  blocks: () => [input({ name: 'note', label: 'Why?', element: textInput('', { max: 500 }) })],
  run: async (call, { meta, values }) => {
    const command = { type: 'run.finishStep', step: meta.step, as: 'skipped', note: values.note } as const
    const outcome = await call.perform(aggregate, meta.run, command)
    return 'refused' in outcome ? sentence(outcome) : {}
  },
})

export const failedForm = modal({
  id: 'runbooks.failed',
  title: 'This step failed',
  submit: 'Note it',
  who: 'responders',
  meta: ofStep,
  values: z.object({ note: optionalText }),
  blocks: () => [
    input({
      name: 'note',
      label: 'What happened?',
      hint: 'For whoever takes over, and for whoever mends the runbook.',
      isOptional: true,
      element: textInput('', { isMultiline: true, max: 1_000 }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const command = { type: 'run.finishStep', step: meta.step, as: 'failed', note: values.note } as const
    const outcome = await call.perform(aggregate, meta.run, command)
    return 'refused' in outcome ? sentence(outcome) : {}
  },
})

export const stopForm = modal({
  id: 'runbooks.stop',
  title: 'Stop this runbook',
  submit: 'Stop it',
  who: 'responders',
  meta: z.object({ run: z.string() }),
  values: z.object({ reason: optionalText }),
  blocks: () => [
    input({
      name: 'reason',
      label: 'Why?',
      hint: 'It was the wrong one, or the cause is found. What is done stays done, and who was called is let go.',
      isOptional: true,
      element: textInput('', { max: 500 }),
    }),
  ],
  run: async (call, { meta, values }) => {
    const outcome = await call.perform(aggregate, meta.run, { type: 'run.stop', reason: values.reason })
    return 'refused' in outcome ? sentence(outcome) : {}
  },
})

export const notWorkedForm = modal({
  id: 'runbooks.notWorked',
  title: 'It did not work',
  submit: 'Send',
  who: 'anyone',
  meta: z.object({ name: z.string() }),
  values: z.object({ why: optionalText }),
  blocks: () => [
    input({
      name: 'why',
      label: 'What was missing or wrong?',
      hint: 'Its owner reads this when it is reviewed.',
      isOptional: true,
      element: textInput('', { isMultiline: true, max: 1_000 }),
    }),
  ],
  run: async (call, { meta, values }) => {
    await call.perform(careAggregate, meta.name, { type: 'care.vote', worked: false, why: values.why })
    return tell('Thank you. Whoever reviews it will know.')
  },
})

export const modals = [skipForm, failedForm, stopForm, notWorkedForm]
