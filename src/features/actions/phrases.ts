/** What is typed, letter by letter, to show that one has read it. An attention check: it proves nothing about who types. */
import type { Action } from './domain.ts'

export function phraseOf({ verb, target }: Pick<Action, 'verb' | 'target'>): string {
  return `${verb} ${target.service} ${target.environment}`
}

export function glassPhraseOf({ target }: Pick<Action, 'target'>): string {
  return `BREAK GLASS ${target.service} ${target.environment}`
}

/** As typed on a phone: other spaces, full-width letters. Capitals count. */
export function asTyped(text: string): string {
  return text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
}
