/** How our own people ask to hear what clients are told, and to hear less. */
import { z } from 'zod'
import type { Answer, Call } from '../../../core/call.ts'
import { refuse, tell } from '../../../core/call.ts'
import { command } from '../../../core/commands.ts'
import { onClick } from '../../../core/interactions.ts'
import { choiceInput, input, type ModalView, modal, option, optionalText, textInput } from '../../../core/modals.ts'
import { escapeText } from '../../../lib/mrkdwn.ts'
import { subscribeButton } from '../buttons.ts'
import { countSubscribers } from '../subscribers.ts'
import type { Follower, Quiet, Wishes } from './domain.ts'
import { followerAggregate, loadFollower } from './store.ts'

const choice = z.object({ value: z.string(), text: z.string() })
const quietPattern = /^([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|to)\s*([01]?\d|2[0-3]):([0-5]\d)$/

export const subscribeForm = modal({
  id: 'comms.subscribe',
  title: 'What clients are told',
  submit: 'Save',
  who: 'anyone',
  meta: z.object({ severities: z.array(choice), components: z.array(choice), isFollowing: z.boolean() }),
  values: z.object({
    severities: z.array(z.string()).nullish(),
    components: z.array(z.string()).nullish(),
    quiet: optionalText.refine(
      (text) => text === '' || quietPattern.test(text),
      'Write from when to when: 22:00-07:00.',
    ),
    stop: z.string().nullish(),
  }),
  blocks: ({ severities, components, isFollowing }, start) => [
    field('severities', 'Incidents of', severalOf(severities, start.severities ?? []), 'Left empty: all of them.'),
    ...(components.length === 0
      ? []
      : [field('components', 'About', severalOf(components, start.components ?? []), 'Left empty: everything.')]),
    field(
      'quiet',
      'Quiet hours',
      textInput(start.quiet, { max: 20, placeholder: '22:00-07:00' }),
      'Where you are. At their end you are told how it stands.',
    ),
    ...(isFollowing
      ? [
          field(
            'stop',
            'Or no more of it',
            choiceInput([{ value: 'stop', text: 'Stop telling me' }], undefined, 'static_select'),
            'Takes back all of the above.',
          ),
        ]
      : []),
  ],
  run: async (call, { values }) => {
    if (values.stop === 'stop') return leave(call)
    const quiet = quietFrom(values.quiet, call.person.timeZone)
    return follow(call, { severities: values.severities ?? [], components: values.components ?? [], quiet })
  },
})

function field(name: string, label: string, element: Parameters<typeof input>[0]['element'], hint: string) {
  return input({ name, label, element, hint, isOptional: true })
}

function severalOf(choices: readonly z.infer<typeof choice>[], chosen: readonly string[]) {
  const initial = choices.filter(({ value }) => chosen.includes(value)).map(option)
  return {
    type: 'multi_static_select',
    options: choices.slice(0, 100).map(option),
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  }
}

function quietFrom(text: string, timeZone: string): Quiet | null {
  const [, fromHour, fromMinute, toHour, toMinute] = quietPattern.exec(text)?.map(Number) ?? []
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined) return null
  return { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute, timeZone }
}

function clockWords(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

async function openForm(call: Call): Promise<ModalView> {
  const { severities, components } = call.policy(followerAggregate)
  const known = await loadFollower(call.db, call.person.id)
  return subscribeForm.open(
    {
      severities: severities.map((name) => ({ value: name, text: name })),
      components: components.map(({ key, name }) => ({ value: key, text: name.slice(0, 75) })),
      isFollowing: known?.isFollowing ?? false,
    },
    known ? startFrom(known) : {},
  )
}

function startFrom({ severities, components, quiet }: Follower) {
  return {
    severities: [...severities],
    components: [...components],
    quiet: quiet === null ? '' : `${clockWords(quiet.from)}-${clockWords(quiet.to)}`,
  }
}

async function follow(call: Call, wishes: Wishes): Promise<Answer> {
  const outcome = await call.perform(followerAggregate, call.person.id, { type: 'follower.follow', ...wishes })
  if ('refused' in outcome) {
    const { name = '', accepted = '' } = outcome.details ?? {}
    return refuse(`“${escapeText(String(name))}” is not known. Use ${escapeText(String(accepted))}.`)
  }
  const { quiet } = outcome.state
  const hours = quiet === null ? '' : ` Not from ${clockWords(quiet.from)} to ${clockWords(quiet.to)}.`
  return tell(`You are told what clients are told.${hours} \`/comms subscribe\` changes it.`)
}

async function leave(call: Call): Promise<Answer> {
  const outcome = await call.perform(followerAggregate, call.person.id, { type: 'follower.leave' })
  return 'refused' in outcome
    ? refuse('You are not subscribed. `/comms subscribe` subscribes you.')
    : tell('You are told no more. `/comms subscribe` begins it again.')
}

export const followerCommands = [
  command({
    path: 'comms subscribe',
    aliases: ['follow'],
    summary: 'Be told by direct message what clients are told: choose of what, and your quiet hours.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/comms subscribe'],
    run: async (call) => ({ open: await openForm(call) }),
  }),
  command({
    path: 'comms unsubscribe',
    aliases: ['unfollow'],
    summary: 'Be told no more.',
    args: z.object({}),
    needsSubject: false,
    who: 'anyone',
    examples: ['/comms unsubscribe'],
    run: (call) => leave(call),
  }),
  command({
    path: 'comms subscribers',
    summary: 'Say how many clients get messages by e-mail, and what about.',
    args: z.object({}),
    needsSubject: false,
    who: 'responders',
    examples: ['/comms subscribers'],
    run: (call) => showSubscribers(call),
  }),
]

async function showSubscribers(call: Call): Promise<Answer> {
  const { components } = call.policy(followerAggregate)
  const lines = [`All together: ${await countSubscribers(call.db, [])}`]
  // In sequence: few, and the order is what people read.
  for (const { key, name } of components)
    lines.push(`${escapeText(name)}: ${await countSubscribers(call.db, [key])} hear of it`)
  return tell(`Clients who get messages by e-mail\n${lines.map((line) => `• ${line}`).join('\n')}`)
}

export const followerClicks = [
  onClick(subscribeButton, { who: 'anyone', run: async (call) => ({ open: await openForm(call) }) }),
]
