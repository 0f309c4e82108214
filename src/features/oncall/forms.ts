/** «Page someone»: whom it would wake, and what time it is for them, before anybody is woken. */
import { z } from 'zod'
import { type Answer, type Call, refuse } from '../../core/call.ts'
import {
  type Choice,
  choiceInput,
  input,
  type ModalView,
  modal,
  optionalText,
  requiredText,
  textInput,
} from '../../core/modals.ts'
import { shorten } from '../../lib/text.ts'
import { pages } from './aggregate.ts'
import type { Target } from './domain.ts'
import { localTime, whomWouldCall } from './reading.ts'
import type { Rules } from './rules.ts'
import { pageByHand } from './sending.ts'

const messageMax = 500
// As many options as Slack shows in a menu.
const choicesMax = 100

export const pageForm = modal({
  id: 'oncall.page',
  title: 'Page someone',
  submit: 'Page',
  who: 'anyone',
  meta: z.object({ link: z.string().nullable() }),
  values: z.object({
    whom: z.string({ error: 'Choose whom to page.' }),
    person: optionalText,
    message: requiredText('Say in a few words why they are needed.', messageMax),
  }),
  blocks: (_meta, start) => [
    input({
      name: 'person',
      label: 'Or somebody else',
      hint: 'They are paged instead of what is chosen above.',
      isOptional: true,
      element: { type: 'users_select' },
    }),
    input({
      name: 'message',
      label: 'What do you need them for?',
      hint: 'They read this first, perhaps at night.',
      element: textInput(start.message, { max: messageMax, placeholder: 'checkout returns 500s since 03:10' }),
    }),
  ],
  async run(call, { meta, values }) {
    const target = values.person === '' ? targetOf(values.whom) : { team: null, person: values.person }
    if (target === null) return refuse('That is nobody to page any more. Open the form again.')
    return pageByHand(call, { target, message: values.message, link: meta.link })
  },
})

/** Whoever opens it from somewhere else says what it is about. */
export async function openPageForm(
  call: Call,
  { message = '', link = null }: { message?: string; link?: string | null } = {},
): Promise<Answer & { open: ModalView }> {
  const choices = await choicesOf(call)
  const view = pageForm.open({ link }, { message })
  // Drawn here and not remembered: a form remembers three thousand characters, and who may be woken can be many.
  const whom = input({
    name: 'whom',
    label: 'Whom?',
    element: choiceInput(choices, choices[0]?.value, 'static_select'),
  })
  return { open: { ...view, blocks: [whom, ...view.blocks] } }
}

async function choicesOf(call: Call): Promise<Choice[]> {
  const rules = call.policy(pages)
  const found: Choice[] = []
  const add = async (value: string, text: string, target: Target) => {
    const description = shorten(`Wakes ${await calledWords(call, rules, target)}`, 75)
    found.push({ value, text: shorten(text, 75), description })
  }
  // In sequence: a handful of teams, and each asks the live schedules.
  for (const team of rules.teams) await add(`team:${team}`, team, { team, person: null })
  for (const service of rules.services) {
    const team = rules.teamOf(service)
    if (team !== null) await add(`team:${team}:${service}`, `${service} (${team})`, { team, person: null })
  }
  for (const role of rules.roles) await add(`role:${role}`, role, { team: null, person: null, role })
  for (const [id, { name }] of Object.entries(rules.people)) await add(`person:${id}`, name, { team: null, person: id })
  return found.slice(0, choicesMax)
}

function targetOf(value: string): Target | null {
  const [kind, name] = value.split(':')
  if (name === undefined) return null
  if (kind === 'team') return { team: name, person: null }
  if (kind === 'role') return { team: null, person: null, role: name }
  return kind === 'person' ? { team: null, person: name } : null
}

/** In plain text: Slack shows no mention in an option. */
async function calledWords(call: Call, rules: Rules, target: Target): Promise<string> {
  const words: string[] = []
  const { team } = target
  for (const step of rules.stepsFor(target)) {
    for (const { person, source, there, away } of await whomWouldCall(call.db, rules, { step, team, now: call.now })) {
      if (source === 'PagerDuty')
        words.push(
          [
            'PagerDuty',
            ...(away ? ['(does not answer just now)'] : []),
            ...there.slice(0, 1).map(({ name }) => `(${name})`),
          ].join(' '),
        )
      else if (person === null) words.push(`nobody (${source})`)
      else {
        const time = localTime(rules, person, call.now)
        words.push(`${rules.people[person]?.name ?? person}${time === null ? '' : ` (${time} there)`}`)
      }
    }
  }
  return words.join(', then ')
}
