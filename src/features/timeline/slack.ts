/** How people note what happened, and read it. */
import { z } from 'zod'
import type { Answer, Call } from '../../core/call.ts'
import { command, restOfLine } from '../../core/commands.ts'
import { onChoice, onClick, type Shortcut } from '../../core/interactions.ts'
import { incidentSubject, readIncident } from '../incidents/index.ts'
import { noSuchIncident, nothingOpen, sentence } from './answers.ts'
import { correctForm, keepForm, noteForm, openCorrectForm, openKeepForm, openNoteForm } from './forms.ts'
import { saidMessage } from './messages.ts'
import { keep, writeNote } from './noting.ts'
import { exportTimeline, showPage } from './pages.ts'
import { load } from './store.ts'
import { correctMenu, exportButton, newerButton, olderButton } from './views.ts'

export const modals = [noteForm, keepForm, correctForm]

export const commands = [
  command({
    path: 'inc note',
    aliases: ['log', 'event'],
    summary: 'Add a line to the timeline, for everybody in the channel.',
    args: z.object({ text: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc note rolled back to v141', '/inc note #42 the database is fine'],
    form: async (_call, subject) => ({ open: openNoteForm(subject) }),
    run: (call, { args, subject }) => writeNote(call, subject, args.text),
  }),
  command({
    path: 'inc timeline',
    aliases: ['history'],
    summary: 'Show what happened, to you only, the newest last; «export» and «json» send you all of it as a file.',
    args: z.object({ as: z.enum(['pages', 'export', 'markdown', 'json']).default('pages') }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc timeline', '/inc timeline #42', '/inc timeline export', '/inc timeline json'],
    run: (call, { args, subject }) => {
      if (args.as === 'pages') return showPage(call, subject)
      return exportTimeline(call, subject, args.as === 'json' ? 'json' : 'markdown')
    },
  }),
]

export const clicks = [
  onClick(olderButton, {
    who: 'responders',
    run: (call, { incident, cursor }) => showPage(call, incident, { side: 'before', cursor }),
  }),
  onClick(newerButton, {
    who: 'responders',
    run: (call, { incident, cursor }) => showPage(call, incident, { side: 'after', cursor }),
  }),
  onClick(exportButton, { who: 'responders', run: (call, { incident }) => exportTimeline(call, incident, 'markdown') }),
  onChoice(correctMenu, { who: 'responders', run: (call, entry) => askForCorrection(call, entry) }),
]

export const shortcuts: Shortcut[] = [
  {
    id: 'timeline.addMessage',
    name: 'Add to timeline',
    type: 'message',
    description: 'Keep this message in the timeline of an incident.',
    who: 'responders',
    run: async (call, heard) => {
      if (!heard) return noSuchIncident()
      const here = await incidentSubject.inChannel(call.db, heard.channelId)
      const message = await saidMessage(call, heard, here !== null)
      if (here !== null) return keep(call, here, message)
      const open = await incidentSubject.open(call.db)
      return open.length === 0 ? nothingOpen() : { open: openKeepForm(message, open) }
    },
  },
]

async function askForCorrection(call: Call, id: string): Promise<Answer> {
  const entry = await load(call.db, id)
  if (!entry || !(await readIncident(call, entry.incident))) return sentence({ refused: 'no-such-entry' })
  return { open: openCorrectForm(entry) }
}
