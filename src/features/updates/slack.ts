/** How people say how it stands, and ask how it stands. */
import { z } from 'zod'
import { command, restOfLine } from '../../core/commands.ts'
import { onClick } from '../../core/interactions.ts'
import { catchUp } from './catchup.ts'
import { openUpdateForm, post, updateForm } from './posting.ts'
import { postUpdateButton } from './views.ts'

export const modals = [updateForm]

export const commands = [
  command({
    path: 'inc update',
    aliases: ['post'],
    summary:
      'Tell everybody how it stands. Without words, a form asks: what we know, what we do, what we need, when we say more.',
    args: z.object({ text: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc update the last release is the cause, we roll back', '/inc update #42 still looking'],
    form: (call, subject) => openUpdateForm(call, subject),
    run: (call, { args, subject }) =>
      post(call, subject, { words: { known: args.text, doing: '', needed: '' }, next: 'cadence' }),
  }),
  command({
    path: 'inc catchup',
    aliases: ['catch-up', 'brief'],
    summary: 'Tell you alone where it stands: state, who, the last updates, what is being done, what happened last.',
    args: z.object({}),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc catchup', '/inc catchup #42'],
    run: (call, { subject }) => catchUp(call, subject),
  }),
]

export const clicks = [
  onClick(postUpdateButton, { who: 'responders', run: (call, { incident }) => openUpdateForm(call, incident) }),
]
