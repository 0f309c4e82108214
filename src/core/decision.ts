/** Who is acting, when, and under which rules. Given, so that `decide` stays a pure function. */
export interface Given<Policy> {
  /** The subject's id, also of one that is about to exist. */
  id: string
  now: Date
  actor: Actor
  policy: Policy
}

export type Actor =
  | { kind: 'person'; id: string }
  /** A timer of ours fired. Late means that nobody ran when it was due. */
  | { kind: 'timer'; key: string; lateSeconds: number }
  /** A webhook, by the name of its source. */
  | { kind: 'source'; name: string }
  /** Another part of Tocsin: a feature's effect, a delivery that came back. */
  | { kind: 'tocsin'; what: string }

/** An expected no: a code for machines, details for the sentence. */
export interface Refusal<Code extends string> {
  refused: Code
  details?: Record<string, string | number>
}

export type Decision<Event, Code extends string> = readonly Event[] | Refusal<Code>

export function isRefusal<Code extends string>(value: object): value is Refusal<Code> {
  return 'refused' in value
}
