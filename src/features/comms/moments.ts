/** The moments at which clients are written to: which template, which phase it means, and what it must say. */

export type Phase =
  | 'investigating'
  | 'identified'
  | 'monitoring'
  | 'resolved'
  | 'scheduled'
  | 'in_progress'
  | 'completed'
  | 'cancelled'
  | 'notice'

/** What a story is about. A notice is about something new, or about nothing that goes on. */
export type StoryKind = 'incident' | 'maintenance' | 'notice'

/** Whether there is more to be said after it. */
export function standing(phase: Phase): 'going-on' | 'over' | 'said' {
  if (phase === 'notice') return 'said'
  return phase === 'resolved' || phase === 'completed' || phase === 'cancelled' ? 'over' : 'going-on'
}

/** News of its own: an edit tells nobody, so whoever reads a channel gets a message, and what was said before stays. */
export function standsAlone(moment: string): boolean {
  return momentOf(moment)?.phase === 'notice' || moment === 'maintenance-reminder'
}

export interface Moment {
  name: string
  title: string
  phase: Phase
  /** Which kind of story it belongs to. */
  kind: StoryKind | 'any'
  needs: readonly Need[]
  /** Never without a person, never by itself: a lawyer may have to read it. */
  isDelicate?: true
}

export type Need = 'symptom' | 'workaround' | 'correction' | 'dataLoss' | 'window' | 'nextUpdate' | 'impact'

const incident = (name: string, title: string, phase: Phase, needs: readonly Need[]): Moment => ({
  name,
  title,
  phase,
  kind: 'incident',
  needs,
})
const maintenance = (name: string, title: string, phase: Phase, needs: readonly Need[]): Moment => ({
  name,
  title,
  phase,
  kind: 'maintenance',
  needs,
})
const launch = (name: string, title: string, needs: readonly Need[]): Moment => ({
  name,
  title,
  phase: 'notice',
  kind: 'notice',
  needs,
})

export const moments: readonly Moment[] = [
  incident('incident-first-suspected', 'First message: looking into it', 'investigating', [
    'symptom',
    'nextUpdate',
    'impact',
  ]),
  incident('incident-first-confirmed', 'First message: confirmed', 'investigating', [
    'symptom',
    'nextUpdate',
    'impact',
  ]),
  incident('incident-scope', 'Who is concerned', 'investigating', ['symptom', 'nextUpdate', 'impact']),
  incident('incident-identified', 'The cause is found', 'identified', ['symptom', 'nextUpdate', 'impact']),
  incident('incident-update', 'Still working on it', 'investigating', ['nextUpdate', 'impact']),
  incident('incident-workaround', 'A way around', 'identified', ['workaround', 'nextUpdate', 'impact']),
  incident('incident-monitoring', 'Better, and being watched', 'monitoring', ['nextUpdate', 'impact']),
  incident('incident-resolved', 'It is over', 'resolved', ['dataLoss', 'impact']),
  incident('incident-reopened', 'It is back', 'investigating', ['symptom', 'nextUpdate', 'impact']),
  incident('third-party', 'A supplier is the cause', 'identified', ['symptom', 'nextUpdate', 'impact']),
  { ...incident('security-notice', 'Security notice', 'notice', ['symptom', 'workaround']), isDelicate: true },
  {
    ...incident('data-loss', 'About clients’ data', 'notice', ['symptom', 'dataLoss', 'nextUpdate']),
    isDelicate: true,
  },
  incident('postmortem-summary', 'What we learned', 'notice', ['symptom', 'correction']),
  maintenance('maintenance-announce', 'Planned work', 'scheduled', ['symptom', 'window']),
  maintenance('maintenance-reminder', 'Planned work: reminder', 'scheduled', ['symptom', 'window']),
  maintenance('maintenance-started', 'Work has begun', 'in_progress', ['symptom', 'window']),
  maintenance('maintenance-extended', 'Takes longer', 'in_progress', ['symptom', 'window']),
  maintenance('maintenance-completed', 'Work is done', 'completed', []),
  maintenance('maintenance-cancelled', 'Called off', 'cancelled', ['window']),
  launch('go-live-announce', 'Something new', ['symptom', 'window']),
  launch('go-live-delayed', 'Later than planned', ['symptom', 'nextUpdate']),
  launch('go-live-scrubbed', 'Not today', ['symptom']),
  launch('go-live-rolled-back', 'Taken back', ['symptom', 'dataLoss']),
  { name: 'correction', title: 'Correction of the last message', phase: 'notice', kind: 'any', needs: ['correction'] },
  { name: 'monthly-report', title: 'Monthly report', phase: 'notice', kind: 'any', needs: ['symptom'] },
]

export function momentOf(name: string): Moment | null {
  return moments.find((moment) => moment.name === name) ?? null
}

/** The moments that fit what a story is about, for a menu. */
export function momentsFor(kind: StoryKind): readonly Moment[] {
  return moments.filter((moment) => moment.kind === kind || moment.kind === 'any')
}

/** What comes next by itself: nobody should have to look for the right template at night. */
export function likelyMoment(published: readonly string[], status: string): string {
  if (status === 'resolved' || status === 'closed') return 'incident-resolved'
  if (published.length === 0) return 'incident-first-suspected'
  if (status === 'identified') return 'incident-identified'
  if (status === 'monitoring') return 'incident-monitoring'
  return 'incident-update'
}
