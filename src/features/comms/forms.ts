/** The form in which words for clients are written: the one place where text becomes public. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import type { Block } from '../../core/effects.ts'
import {
  choiceInput,
  input,
  type ModalView,
  modal,
  option,
  optionalText,
  requiredText,
  textInput,
} from '../../core/modals.ts'
import { newSubject } from '../../core/perform.ts'
import { section } from '../../lib/blocks.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { lastPublished, openPost, type Story } from './domain.ts'
import { likelyMoment, momentOf, momentsFor, type StoryKind } from './moments.ts'
import { declassify, type PublicFacts } from './public.ts'
import { type Found, findStory } from './reading.ts'
import type { Rules } from './rules.ts'
import { postKey } from './views.ts'

const minute = 60_000
const choice = z.object({ value: z.string(), text: z.string() })
const impacts = ['suspected', 'confirmed'] as const
const levels = ['none', 'degraded', 'partial', 'major', 'maintenance'] as const
const losses = ['none', 'some', 'unknown'] as const

const impactChoices = [
  { value: 'suspected', text: 'Suspected: we are looking into it' },
  { value: 'confirmed', text: 'Confirmed: clients are concerned' },
]
const levelChoices = [
  { value: 'degraded', text: 'Degraded: slower, or with errors' },
  { value: 'partial', text: 'Partial outage: some cannot use it' },
  { value: 'major', text: 'Major outage: nobody can use it' },
  { value: 'maintenance', text: 'Maintenance' },
  { value: 'none', text: 'None of these: for information' },
]
const lossChoices = [
  { value: 'none', text: 'No data was lost' },
  { value: 'some', text: 'Some data was lost' },
  { value: 'unknown', text: 'Not known yet' },
]
const nextChoices = [15, 20, 30, 60, 120, 240, 1_440].map((minutes) => ({
  value: String(minutes),
  text: minutes < 60 ? `In ${minutes} minutes` : minutes === 1_440 ? 'Tomorrow, at this time' : `In ${minutes / 60} h`,
}))

const textMax = 600
const moment = z.string().regex(/^\d+$/).nullish()

/** What may be entered; every text of it is meant for clients. */
const written = z.object({
  moment: z.string({ error: 'Choose what this message is.' }),
  name: requiredText('Say in a few words what clients call it.', 100),
  symptom: optionalText.pipe(z.string().max(textMax, `At most ${textMax} characters.`)),
  impact: z.enum(impacts).nullish(),
  level: z.enum(levels).nullish(),
  components: z.array(z.string()).nullish(),
  regions: optionalText,
  workaround: optionalText.pipe(z.string().max(textMax, `At most ${textMax} characters.`)),
  dataLoss: z.enum(losses).nullish(),
  dataLossWords: optionalText,
  correction: optionalText.pipe(z.string().max(textMax, `At most ${textMax} characters.`)),
  next: z.string().nullish(),
  from: moment,
  to: moment,
})

type Start = Partial<z.infer<typeof written>>

export const writeForm = modal({
  id: 'comms.write',
  title: 'Message to clients',
  submit: 'Send to review',
  who: 'responders',
  meta: z.object({
    /** Null begins a story that is about no incident. */
    story: z.string().nullable(),
    kind: z.enum(['incident', 'maintenance', 'notice']),
    basedOn: z.string().nullable(),
    moments: z.array(choice),
    components: z.array(choice),
    corrects: z.number().nullable(),
    startedAt: z.string(),
  }),
  values: written,
  blocks: (meta, start) => [
    section('Only what is written here reaches clients. Somebody else reads it first.'),
    ...field('moment', 'What is this message?', choiceInput(meta.moments, start.moment, 'static_select'), {}),
    ...field('name', 'What clients call it', textInput(start.name, { max: 100 }), {
      hint: hints[meta.kind].name,
    }),
    // What this message is for stands where it is seen without scrolling, on a telephone too.
    ...(meta.corrects === null ? [] : correctionField(start)),
    ...field('symptom', 'What clients notice', textInput(start.symptom, { isMultiline: true, max: textMax }), {
      hint: hints[meta.kind].symptom,
      isOptional: true,
    }),
    ...(meta.kind === 'incident'
      ? []
      : [
          ...field('from', 'From', dateInput(start.from), { isOptional: meta.kind !== 'maintenance' }),
          ...field('to', 'Until', dateInput(start.to), { isOptional: meta.kind !== 'maintenance' }),
        ]),
    ...(meta.kind === 'incident'
      ? // Nothing goes out before a person has said it, whatever the severity.
        field(
          'impact',
          'Are clients concerned?',
          choiceInput(impactChoices, start.impact ?? undefined, 'radio_buttons'),
          {},
        )
      : []),
    ...field('level', 'How bad is it for them?', choiceInput(levelChoices, start.level ?? undefined, 'static_select'), {
      isOptional: true,
    }),
    ...(meta.components.length === 0
      ? []
      : field('components', 'What of ours is concerned?', severalOf(meta.components, start.components ?? []), {
          isOptional: true,
        })),
    ...(meta.kind === 'incident' ? incidentFields(start) : []),
    ...(meta.corrects === null ? correctionField(start) : []),
    ...field('next', 'When do clients hear more?', choiceInput(nextChoices, start.next ?? undefined, 'static_select'), {
      isOptional: true,
    }),
  ],
  run: async (call, { meta, values }) => {
    const said = factsFrom(values, meta.startedAt, call.now)
    const corrected = meta.corrects === null ? {} : { corrects: meta.corrects }
    if (meta.story === null) {
      const kind = meta.kind === 'maintenance' ? 'maintenance' : 'notice'
      const message = { moment: values.moment, facts: said, ...corrected }
      const begun = await call.perform(aggregate, newSubject, { type: 'comms.begin', kind, ...message })
      return answer(begun, (story) => waiting(story))
    }
    const found = await findStory(call, meta.story)
    if (!found) return sentence({ refused: 'no-such-story' })
    const outcome = await call.perform(aggregate, found.story.id, {
      type: 'comms.write',
      basedOn: meta.basedOn,
      moment: values.moment,
      facts: { ...said, ...endOf(values.moment, found, call.now) },
      ...corrected,
    })
    // The review is shown where those work who act on it.
    return answer(outcome, (story) => (story.about?.hasChannel ? null : waiting(story)))
  },
})

const hints: Record<StoryKind, { name: string; symptom: string }> = {
  incident: { name: 'Checkout is slow', symptom: 'Paying takes up to a minute.' },
  maintenance: {
    name: 'A new search index',
    symptom: 'For about ten minutes, searches find what was there the evening before.',
  },
  notice: { name: 'Paying in instalments', symptom: 'At the checkout you may choose to pay in three parts.' },
}

function correctionField(start: Start): Block[] {
  const element = textInput(start.correction, { isMultiline: true, max: textMax })
  return field('correction', 'What is correct', element, {
    hint: 'For a correction, or what we learned.',
    isOptional: true,
  })
}

function incidentFields(start: Start): Block[] {
  return [
    ...field('regions', 'Where', textInput(start.regions, { max: 100 }), { hint: 'Europe', isOptional: true }),
    ...field('workaround', 'What clients can do', textInput(start.workaround, { isMultiline: true, max: textMax }), {
      isOptional: true,
    }),
    ...field('dataLoss', 'Was data lost?', choiceInput(lossChoices, start.dataLoss ?? undefined, 'static_select'), {
      hint: 'Must be said when it is over.',
      isOptional: true,
    }),
    ...field('dataLossWords', 'Data, in your words', textInput(start.dataLossWords, { max: 300 }), {
      isOptional: true,
    }),
  ]
}

function field(name: string, label: string, element: Block, more: { hint?: string; isOptional?: boolean }): Block[] {
  return [input({ name, label, element, ...more })]
}

function severalOf(choices: readonly z.infer<typeof choice>[], chosen: readonly string[]): Block {
  const initial = choices.filter(({ value }) => chosen.includes(value)).map(option)
  return {
    type: 'multi_static_select',
    options: choices.slice(0, 100).map(option),
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  }
}

function dateInput(start: string | null | undefined): Block {
  return { type: 'datetimepicker', ...(start ? { initial_date_time: Number(start) } : {}) }
}

function waiting(story: Story): string | null {
  const open = openPost(story)
  if (open === null) return null
  return `Message ${postKey(story, open)} waits for approval: \`/comms preview ${postKey(story, open)}\`.`
}

/** The door is here: a person wrote these words into a form for clients. */
function factsFrom(values: z.output<typeof written>, startedAt: string, now: Date): PublicFacts {
  const at = (seconds: string) => new Date(Number(seconds) * 1_000).toISOString()
  const minutes = Number(values.next)
  return {
    name: declassify(values.name),
    impact: values.impact ?? null,
    level: values.level ?? 'none',
    components: values.components ?? [],
    regions: declassify(values.regions),
    symptom: declassify(values.symptom),
    workaround: declassify(values.workaround),
    correction: declassify(values.correction),
    dataLoss: values.dataLoss ? { state: values.dataLoss, words: declassify(values.dataLossWords) } : null,
    startedAt,
    nextUpdateBy:
      Number.isFinite(minutes) && minutes > 0 ? new Date(now.getTime() + minutes * minute).toISOString() : null,
    window: values.from && values.to ? { from: at(values.from), to: at(values.to) } : null,
  }
}

/** Clients read how long it lasted: until the incident was resolved, or until somebody tells them that it is over. */
function endOf(name: string, { incident }: Found, now: Date): { endedAt?: string } {
  if (momentOf(name)?.phase !== 'resolved') return {}
  return { endedAt: incident?.times.resolvedAt ?? now.toISOString() }
}

export interface Wish {
  moment?: string
  corrects?: number
}

/** Pre-filled with what clients were told last, so that only the news has to be typed. */
export function openWriteForm(call: Call, { story, incident }: Found, wish: Wish = {}): ModalView {
  const rules = call.policy(aggregate)
  const open = openPost(story)
  const begun = open !== null && open.state !== 'draft' ? open : null
  const source = begun ?? lastPublished(story)
  const told = story.posts.filter(({ state }) => state === 'published').map((post) => post.moment)
  const isBegun = source !== null
  const facts = source?.facts ?? null
  const likely =
    wish.moment ??
    begun?.moment ??
    (story.kind === 'incident' ? likelyMoment(told, story.about?.status ?? '') : source?.moment)
  const components = isBegun ? (facts?.components ?? []) : rules.componentsOf(incident?.service ?? null)
  return formFor(rules, {
    story: story.id,
    kind: story.kind,
    basedOn: begun?.hash ?? null,
    corrects: wish.corrects ?? begun?.corrects ?? null,
    startedAt: facts?.startedAt ?? incident?.times.startedAt ?? call.now.toISOString(),
    start: {
      ...startFrom(facts),
      // What is being corrected is typed once; an edit of the correction begins with it.
      correction: begun?.facts.correction ?? '',
      components: [...components],
      level: facts?.level ?? 'degraded',
      next: nearest(rules.nextAfter(story.about?.severity ?? '', momentOf(likely ?? '')?.phase ?? '')),
      ...(likely ? { moment: likely } : {}),
    },
  })
}

export function openNewForm(call: Call, kind: Exclude<StoryKind, 'incident'>, likely: string): ModalView {
  const start = { moment: likely, level: kind === 'maintenance' ? ('maintenance' as const) : ('none' as const) }
  const startedAt = call.now.toISOString()
  return formFor(call.policy(aggregate), { story: null, kind, basedOn: null, corrects: null, startedAt, start })
}

function formFor(
  rules: Rules,
  {
    start,
    ...meta
  }: {
    story: string | null
    kind: StoryKind
    basedOn: string | null
    corrects: number | null
    startedAt: string
    start: Start
  },
): ModalView {
  const moments = momentsFor(meta.kind).map(({ name, title }) => ({ value: name, text: title }))
  const components = rules.components.map(({ key, name }) => ({ value: key, text: name.slice(0, 75) }))
  return writeForm.open({ ...meta, moments, components }, start)
}

function startFrom(facts: PublicFacts | null): Start {
  if (facts === null) return {}
  const seconds = (instant: string) => String(Math.floor(Date.parse(instant) / 1_000))
  return {
    name: facts.name,
    symptom: facts.symptom,
    impact: facts.impact,
    regions: facts.regions,
    workaround: facts.workaround,
    dataLoss: facts.dataLoss?.state ?? null,
    dataLossWords: facts.dataLoss?.words ?? '',
    from: facts.window ? seconds(facts.window.from) : null,
    to: facts.window ? seconds(facts.window.to) : null,
  }
}

function nearest(wait: number | null): string | null {
  if (wait === null) return null
  return nextChoices.findLast(({ value }) => Number(value) * minute <= wait)?.value ?? nextChoices[0]?.value ?? null
}

export const changesForm = modal({
  id: 'comms.askForChanges',
  title: 'Ask for changes',
  submit: 'Ask',
  who: 'responders',
  meta: z.object({ story: z.string(), post: z.number() }),
  values: z.object({ remark: requiredText('Say what should be different.', 500) }),
  blocks: (_meta, start) => [
    input({
      name: 'remark',
      label: 'What should be different?',
      element: textInput(start.remark, { isMultiline: true, max: 500 }),
    }),
  ],
  run: async (call, { meta, values }): Promise<Answer> => {
    const found = await findStory(call, meta.story)
    if (!found) return sentence({ refused: 'no-such-story' })
    const command = { type: 'comms.askForChanges', post: meta.post, remark: values.remark } as const
    return answer(await call.perform(aggregate, found.story.id, command), () => null)
  },
})
