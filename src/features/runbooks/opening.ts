/** A runbook becomes a run: copied, with the values of this occasion filled in. */
import type { Place } from '../../core/effects.ts'
import type { Incident } from '../incidents/index.ts'
import type { Opening } from './domain.ts'
import { isStale } from './library.ts'
import type { Runbook } from './runbook.ts'
import { fillBlock, fillWords, missingIn, type Values } from './variables.ts'

export interface Circumstances {
  incident: string | null
  isPrivate?: boolean
  isDrill?: boolean
  place: Place
  values: Values
  now: Date
}

/** How quiet a run has to be, as its incident wants it. */
export function discretionOf(incident: Pick<Incident, 'isPrivate' | 'kind'> | null) {
  return { isPrivate: incident?.isPrivate ?? false, isDrill: incident !== null && incident.kind !== 'real' }
}

export function openingOf(runbook: Runbook, circumstances: Circumstances): Opening {
  const { incident, isPrivate = false, isDrill = false, place, values, now } = circumstances
  return {
    incident,
    isPrivate,
    isDrill,
    place,
    name: runbook.name,
    title: runbook.title,
    reviewedAt: runbook.reviewedAt,
    isStale: isStale(runbook, now),
    meaning: fillWords(runbook.meaning, values),
    steps: runbook.steps.map(({ id, section, words, block }) => ({
      id,
      section,
      words: fillWords(words, values),
      block: block === null ? null : fillBlock(block, values),
      missing: missingIn({ block }, values),
    })),
  }
}

/** The names that variables have, from an alert's labels and annotations and from the incident. */
export function valuesOf(given: {
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
  incident?: { id: string; title: string; service: string | null; severity: string }
}): Values {
  const named = (prefix: string, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value] as const)
  const { incident } = given
  return Object.fromEntries([
    ...named('labels', given.labels),
    ...named('annotations', given.annotations),
    ...named(
      'incident',
      incident && {
        key: `INC-${incident.id}`,
        title: incident.title,
        service: incident.service ?? '',
        severity: incident.severity,
      },
    ),
  ])
}
