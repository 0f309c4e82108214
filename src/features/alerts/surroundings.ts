/** What a group must know of the world around it to decide: read in the same transaction, handed to pure functions. */
import type { Instant } from '../../core/effects.ts'
import type { Matcher } from '../../lib/matchers.ts'
import type { Labels, LinkedIncident, Waiting } from './alert.ts'

export interface Surroundings {
  silences: readonly ActiveSilence[]
  /** What fires now and may keep others quiet. */
  inhibitors: readonly Inhibitor[]
  /** Groups that are kept quiet by some inhibitor. */
  inhibited: readonly Waiting[]
  /** The name of the storm that goes on; null in fair weather. */
  storm: string | null
  /** The incident that runs for the service that was asked about. */
  running: (LinkedIncident & { declaredAt: Instant }) | null
  /** Of the incident that was asked about: what still fires, and when the last one ended. */
  firingForIncident: number
  clearSince: Instant | null
  /** An alert opened it, and no person. */
  isOpenedByAlert: boolean
}

export interface ActiveSilence {
  id: string
  match: readonly Matcher[]
  until: Instant
}

export interface Inhibitor {
  group: string
  fingerprint: string
  title: string
  labels: Labels
}

export const fairWeather: Surroundings = {
  silences: [],
  inhibitors: [],
  inhibited: [],
  storm: null,
  running: null,
  firingForIncident: 0,
  clearSince: null,
  isOpenedByAlert: false,
}
