/** «Page someone»: whom it would wake, and what time it is for them, before anybody is woken. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import { type Choice, choiceInput, input, type ModalView, modal, requiredText, textInput } from '../../core/modals.ts'
import { shorten } from '../../lib/text.ts'
import { pages } from './aggregate.ts'
import { localTime, whomWouldCall } from './reading.ts'
import type { Rules } from './rules.ts'
import { pageByHand } from './sending.ts'

const choices = z.array(z.object({ value: z.string(), text: z.string(), description: z.string() }))
const messageMax = 500

export const pageForm = modal({
  id: 'oncall.page',
  title: 'Page someone',
  submit: 'Page',
  who: 'anyone',
  meta: z.object({ teams: choices }),
  values: z.object({
    team: z.string({ error: 'Choose whom to page.' }),
    message: requiredText('Say in a few words why they are needed.', messageMax),
  }),
  blocks: ({ teams }, start) => [
    input({
      name: 'team',
      label: 'Whom?',
      element: choiceInput(teams, start.team ?? teams[0]?.value, 'radio_buttons'),
    }),
    input({
      name: 'message',
      label: 'What do you need them for?',
      hint: 'They read this first, perhaps at night.',
      element: textInput(start.message, { max: messageMax, placeholder: 'checkout returns 500s since 03:10' }),
    }),
  ],
  run: (call, { values }) => pageByHand(call, { team: values.team, person: null }, values.message),
})

// Slack shows ten options of a kind; who has more teams pages by command.
const teamsMax = 10

export async function openPageForm(call: Call): Promise<Answer & { open: ModalView }> {
  const rules = call.policy(pages)
  const teams: { value: string; text: string; description: string }[] = []
  // In sequence: a handful of teams.
  for (const team of rules.teams.slice(0, teamsMax)) teams.push(await choiceOf(call, rules, team))
  return { open: pageForm.open({ teams }, {}) }
}

async function choiceOf(call: Call, rules: Rules, team: string): Promise<Required<Choice>> {
  const called = await firstCalled(call, rules, team)
  return { value: team, text: shorten(team, 75), description: shorten(`Wakes ${called}`, 75) }
}

/** In plain text: Slack shows no mention in an option. */
async function firstCalled(call: Call, rules: Rules, team: string): Promise<string> {
  const words: string[] = []
  for (const step of rules.stepsFor({ team, person: null })) {
    for (const { person, source, there } of await whomWouldCall(call.db, rules, { step, team, now: call.now })) {
      if (source === 'PagerDuty')
        words.push(['PagerDuty', ...there.slice(0, 1).map(({ name }) => `(${name})`)].join(' '))
      else if (person === null) words.push(`nobody (${source})`)
      else {
        const time = localTime(rules, person, call.now)
        words.push(`${rules.people[person]?.name ?? person}${time === null ? '' : ` (${time} there)`}`)
      }
    }
  }
  return words.join(', then ')
}
