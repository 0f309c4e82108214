/** Two ladders as many teams have them: who must act, and who must know. Their words are given people in tocsin.yml. */

export interface Rung {
  /** Milliseconds after the incident was declared. */
  after: number
  /** Words that `escalation.who` explains. */
  who: readonly string[]
  /** Not climbed any more once this is so. */
  unless: Unless
}

export type Unless = 'acknowledged' | 'led' | 'over'

export interface Preset {
  how: How
  rungs: readonly Rung[]
}

/** `page` wakes until somebody acknowledges it; `tell` says it once. */
export type How = 'page' | 'tell'

const minute = 60_000

export const presets = {
  response: {
    how: 'page',
    rungs: [
      { after: 0, who: ['on call'], unless: 'acknowledged' },
      { after: 5 * minute, who: ['team lead', 'manager'], unless: 'acknowledged' },
      { after: 15 * minute, who: ['incident lead'], unless: 'led' },
      { after: 30 * minute, who: ['executive', 'communications'], unless: 'over' },
    ],
  },
  leadership: {
    how: 'tell',
    rungs: [
      { after: 0, who: ['on call'], unless: 'over' },
      { after: 15 * minute, who: ['team lead', 'manager'], unless: 'over' },
      { after: 30 * minute, who: ['executive'], unless: 'over' },
      { after: 60 * minute, who: ['executive team', 'customer success'], unless: 'over' },
    ],
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets
