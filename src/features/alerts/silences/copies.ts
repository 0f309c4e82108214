/** A silence in the words of Alertmanager's API, and back. Pure. */
import type { SilenceMatcher, SilenceThere } from '../../../core/effects.ts'
import type { Matcher } from '../../../lib/matchers.ts'
import type { SeenThere, Silence } from './domain.ts'

/** By this its copy is found when all else is lost. */
export function commentOf({ id, reason }: Pick<Silence, 'id' | 'reason'>): string {
  return `${reason} (${id} of Tocsin)`
}

export function toTheirs({ label, operator, value }: Matcher): SilenceMatcher {
  return {
    name: label,
    value,
    isRegex: operator === '=~' || operator === '!~',
    isEqual: operator === '=' || operator === '=~',
  }
}

export function toOurs({ id, matchers, endsAt }: SilenceThere): SeenThere {
  return { id, until: endsAt, match: matchers.map(matcherOf) }
}

function matcherOf({ name, value, isRegex, isEqual }: SilenceMatcher): Matcher {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='
  return { label: name, operator, value }
}
