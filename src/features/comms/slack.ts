/** `/comms`, and the buttons on messages to clients. */
import { z } from 'zod'
import { type Answer, type Call, refuse, tell } from '../../core/call.ts'
import { command, type Noun, optionalRest } from '../../core/commands.ts'
import { onClick } from '../../core/interactions.ts'
import { context, section, sections } from '../../lib/blocks.ts'
import { parseDuration } from '../../lib/duration.ts'
import { bold, escapeInline, escapeText } from '../../lib/mrkdwn.ts'
import { nearest } from '../../lib/words.ts'
import { incidentSubject } from '../incidents/index.ts'
import { approve, discard, draft, type OfPost, publish, say, sendAgain } from './acting.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import {
  approveButton,
  changesButton,
  completeButton,
  discardButton,
  draftButton,
  extendButton,
  extendLongButton,
  publishButton,
  sendAgainButton,
} from './buttons.ts'
import { lastPublished } from './domain.ts'
import { changesForm, openNewForm, writeForm } from './forms.ts'
import { readList } from './lists.ts'
import { progressOf } from './mailing.ts'
import { forSlack } from './media.ts'
import { momentOf, moments } from './moments.ts'
import { previewMessage } from './preview.ts'
import { findStory, storyIdOf, withPost } from './reading.ts'
import { sampleFacts } from './samples.ts'

export const modals = [writeForm, changesForm]

export const noun: Noun = {
  name: 'comms',
  aliases: [],
  description: 'Tell clients: draft, review, publish.',
  usageHint: 'draft | list | preview <id> | approve <id> | publish <id> | maintenance | templates | help',
  bare: (call) => readList(call),
}

const id = z.string({ error: 'name a message: 42.1' })

export const commands = [
  command({
    path: 'inc comms',
    aliases: ['clients'],
    summary: 'Write a message to clients about this incident; with a word, by that template.',
    args: z.object({ template: z.string().optional() }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc comms', '/inc comms #42 incident-workaround'],
    run: async (call, { args, subject }) =>
      args.template !== undefined && momentOf(args.template) === null
        ? noTemplate(args.template)
        : draft(call, subject, args.template === undefined ? {} : { moment: args.template }),
  }),
  command({
    path: 'comms draft',
    aliases: ['write', 'update'],
    summary: 'Write a message to clients: about this incident or #42, or by the name of a template.',
    args: z.object({ about: optionalRest }),
    needsSubject: false,
    who: 'responders',
    examples: [
      '/comms draft',
      '/comms draft #42',
      '/comms draft go-live-announce',
      '/comms draft incident-workaround #42',
    ],
    run: (call, { args }) => draftFromWords(call, args.about),
  }),
  command({
    path: 'comms list',
    aliases: ['ls'],
    summary: 'Show what clients are told now, what waits for approval, and what was published last.',
    args: z.object({}),
    needsSubject: false,
    who: 'responders',
    examples: ['/comms list'],
    run: (call) => readList(call),
  }),
  command({
    path: 'comms preview',
    aliases: ['show', 'info'],
    summary: 'Show a message as each medium carries it, to you alone.',
    args: z.object({ id }),
    needsSubject: false,
    who: 'responders',
    examples: ['/comms preview 42.1'],
    run: (call, { args }) =>
      withPost(call, args.id, async ({ story, post }) => {
        const progress = post.state === 'published' ? await progressOf(call.db, story.id, post.number) : null
        return { tell: previewMessage(story, post, { rules: call.policy(aggregate), progress }) }
      }),
  }),
  command({
    path: 'comms approve',
    summary: 'Say that a message may go out as it is now.',
    args: z.object({ id }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/comms approve 42.1'],
    run: (call, { args }) => onPost(call, args.id, (post, hash) => approve(call, { ...post, hash }, false)),
  }),
  command({
    path: 'comms publish',
    aliases: ['send'],
    summary: 'Send an approved message everywhere.',
    args: z.object({ id }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/comms publish 42.1'],
    run: (call, { args }) => onPost(call, args.id, (post) => publish(call, post)),
  }),
  command({
    path: 'comms resend',
    summary: 'Write once more to those of whom nobody knows whether they have a message.',
    args: z.object({ id }),
    needsSubject: false,
    who: 'anyone',
    examples: ['/comms resend 42.1'],
    run: (call, { args }) => onPost(call, args.id, (post) => sendAgain(call, post)),
  }),
  command({
    path: 'comms withdraw',
    aliases: ['retract', 'correct', 'discard'],
    summary: 'Discard a message that is not out yet; correct one that is. Nothing published vanishes in silence.',
    args: z.object({ id }),
    needsSubject: false,
    who: 'responders',
    examples: ['/comms withdraw 42.1'],
    run: (call, { args }) =>
      withPost(call, args.id, async ({ story, post }) =>
        post.state === 'published'
          ? draft(call, story.id, { moment: 'correction', corrects: post.number })
          : discard(call, { story: story.id, post: post.number }),
      ),
  }),
  command({
    path: 'comms maintenance',
    summary: 'Announce planned work; with its name and a word, call it off, extend it or say that it is done.',
    args: z.object({
      id: z.string().optional(),
      what: z.enum(['done', 'cancel', 'extend'], { error: 'write done, cancel or extend' }).optional(),
      for: z.string().optional(),
    }),
    needsSubject: false,
    who: 'responders',
    examples: [
      '/comms maintenance',
      '/comms maintenance c7 done',
      '/comms maintenance c7 extend 30m',
      '/comms maintenance c7 cancel',
    ],
    run: (call, { args }) => maintenance(call, args),
  }),
  command({
    path: 'comms templates',
    summary: 'List the templates of messages to clients; with a name, show that one with made-up facts.',
    args: z.object({ name: z.string().optional() }),
    needsSubject: false,
    who: 'responders',
    examples: ['/comms templates', '/comms templates incident-resolved'],
    run: (call, { args }) => Promise.resolve(showTemplates(call, args.name ?? null)),
  }),
]

export const clicks = [
  onClick(draftButton, { who: 'responders', run: (call, { story }) => draft(call, story) }),
  onClick(approveButton, { who: 'anyone', run: (call, value) => approve(call, value, true) }),
  onClick(publishButton, { who: 'anyone', run: (call, value) => publish(call, value) }),
  onClick(sendAgainButton, { who: 'anyone', run: (call, value) => sendAgain(call, value) }),
  onClick(changesButton, {
    who: 'responders',
    run: async (_call, { story, post }) => ({ open: changesForm.open({ story, post }) }),
  }),
  onClick(discardButton, { who: 'responders', run: (call, value) => discard(call, value) }),
  onClick(completeButton, {
    who: 'responders',
    run: (call, { story }) => say(call, story, { type: 'comms.say', moment: 'maintenance-completed' }),
  }),
  ...[extendButton, extendLongButton].map((button) =>
    onClick(button, {
      who: 'responders',
      run: (call, { story, minutes }) => extend(call, story, minutes * 60_000),
    }),
  ),
]

/** A template, an incident, both in any order, or neither. */
async function draftFromWords(call: Call, text: string): Promise<Answer> {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const named = words.find((word) => storyIdOf(word) !== null)
  const moment = words.find((word) => storyIdOf(word) === null)?.toLowerCase()
  const here = call.channelId === null ? null : await incidentSubject.inChannel(call.db, call.channelId)
  return draftOf(call, named ?? here, moment)
}

/** The form, with what is known already: for people who type, and for features to the right. */
export async function draftOf(call: Call, story: string | null, moment?: string): Promise<Answer> {
  if (moment !== undefined && momentOf(moment) === null) return noTemplate(moment)
  const kind = moment === undefined ? 'incident' : (momentOf(moment)?.kind ?? 'any')
  if (story !== null) return draft(call, story, moment === undefined ? {} : { moment })
  if (moment !== undefined && kind === 'maintenance') return { open: openNewForm(call, 'maintenance', moment) }
  if (moment !== undefined && (kind === 'notice' || kind === 'any'))
    return { open: openNewForm(call, 'notice', moment) }
  return tell('Say what it is about: `/comms draft #42`, `/comms draft go-live-announce` or `/comms maintenance`.')
}

function noTemplate(word: string): Answer {
  const close = nearest(
    word,
    moments.map(({ name }) => name),
  )
  const hint = close.length === 0 ? '' : ` Did you mean ${close.map((name) => `\`${name}\``).join(' or ')}?`
  return tell(`There is no template “${escapeText(word)}”.${hint} \`/comms templates\` shows them all.`)
}

function onPost(call: Call, name: string, go: (post: OfPost, hash: string) => Promise<Answer>): Promise<Answer> {
  return withPost(call, name, ({ story, post }) => go({ story: story.id, post: post.number }, post.hash))
}

async function maintenance(
  call: Call,
  {
    id: name,
    what,
    for: span,
  }: { id?: string | undefined; what?: 'done' | 'cancel' | 'extend' | undefined; for?: string | undefined },
): Promise<Answer> {
  if (name === undefined) return { open: openNewForm(call, 'maintenance', 'maintenance-announce') }
  if (what === undefined) return draft(call, name)
  if (what === 'done') return say(call, name, { type: 'comms.say', moment: 'maintenance-completed' })
  if (what === 'cancel') return say(call, name, { type: 'comms.say', moment: 'maintenance-cancelled' })
  const more = parseDuration(span ?? '30m')
  return more === null ? refuse('Write how much longer: `/comms maintenance c7 extend 30m`.') : extend(call, name, more)
}

/** From the promised end, or from now when that is past. */
async function extend(call: Call, name: string, milliseconds: number): Promise<Answer> {
  const found = await findStory(call, name)
  const end = found && lastPublished(found.story)?.facts.window?.to
  if (!end) return sentence({ refused: 'not-under-way' })
  const to = new Date(Math.max(Date.parse(end), call.now.getTime()) + milliseconds).toISOString()
  return say(call, name, { type: 'comms.say', moment: 'maintenance-extended', to })
}

function showTemplates(call: Call, name: string | null): Answer {
  if (name === null) {
    const lines = moments.map((moment) => `• \`${moment.name}\` ${escapeInline(moment.title)}`)
    return {
      tell: {
        text: 'Templates of messages to clients',
        blocks: [...sections([bold('Templates of messages to clients'), ...lines])],
      },
    }
  }
  if (momentOf(name) === null) return noTemplate(name)
  const rendered = call.policy(aggregate).renderAll(name, sampleFacts(call.now))
  const shown = Object.entries(rendered).map(([locale, { subject, text, brief }]) =>
    section(`*${locale}*\n*${forSlack(subject)}*\n${forSlack(text)}\n\n_In brief_\n${forSlack(brief)}`),
  )
  const where = `The words stand in \`message-templates/comms/<language>/${name}.text.hbs\` and \`.subject.hbs\`; a file of that name in your own folder takes their place.`
  return { tell: { text: `Template ${name}`, blocks: [...shown, context([where])] } }
}
