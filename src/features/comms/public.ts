/**
 * What may leave the house. Text for clients is made from `PublicFacts` alone, and a fact becomes one only through
 * `declassify`: a person wrote it for clients, and the journal says who. Nothing else has the type, so the compiler
 * refuses a title, a note or a label that wandered in.
 */
import type { Instant } from '../../core/effects.ts'
import { clean } from '../../lib/text.ts'

declare const madePublic: unique symbol

/** A text that somebody meant for clients. */
export type Public<T extends string = string> = T & { readonly [madePublic]: true }

/** The one door. Call it where a person's own words for clients arrive, and nowhere else. */
export function declassify(text: string): Public {
  return clean(text).trim() as Public
}

export const nothingPublic = declassify('')

export type Level = 'none' | 'degraded' | 'partial' | 'major' | 'maintenance'
export type Impact = 'suspected' | 'confirmed'
export type DataLoss = 'none' | 'some' | 'unknown'

/** All that a message to clients may say. */
export interface PublicFacts {
  /** What clients call it: «Checkout is slow». Never the incident's own title. */
  name: Public
  /** Whether clients are concerned. Set by a person; null until then. */
  impact: Impact | null
  level: Level
  /** Keys of `comms.components` in tocsin.yml; their names there are public. */
  components: readonly string[]
  regions: Public
  symptom: Public
  workaround: Public
  correction: Public
  dataLoss: { state: DataLoss; words: Public } | null
  startedAt: Instant
  /** When it was over; absent while it goes on. */
  endedAt?: Instant
  nextUpdateBy: Instant | null
  window: { from: Instant; to: Instant } | null
}

/** What is public before anybody has said anything: nothing. */
export function noFacts(startedAt: Instant): PublicFacts {
  return {
    name: nothingPublic,
    impact: null,
    level: 'degraded',
    components: [],
    regions: nothingPublic,
    symptom: nothingPublic,
    workaround: nothingPublic,
    correction: nothingPublic,
    dataLoss: null,
    startedAt,
    nextUpdateBy: null,
    window: null,
  }
}

export type PublicField = 'name' | 'regions' | 'symptom' | 'workaround' | 'correction'
