/**
 * How a feature on the right shows or asks something on what belongs to its left, without the left knowing it.
 * The left declares a slot (parts of a view), a pane (parts that are read when somebody looks) or a gate (questions
 * before a move); the right fills it.
 */
import type { Db } from './db.ts'

/** Parts of a view. Filled by pure functions: a view is rendered from state alone. */
export interface Slot<Given, Part> {
  name: string
  fill(parts: (given: Given) => readonly Part[]): Filling
}

/** Parts of a view that is drawn for somebody who looks now, so that they may be read from the database. */
export interface Pane<Given, Part> {
  name: string
  fill(read: (db: Db, given: Given) => Promise<readonly Part[]>): Filling
}

/** Questions that are asked before a move is made, each a sentence about what is still open. */
export interface Gate<Given> {
  name: string
  fill(questions: (db: Db, given: Given) => Promise<readonly string[]>): Filling
}

export interface Filling {
  name: string
  parts?: (given: unknown) => readonly unknown[]
  questions?: (db: Db, given: unknown) => Promise<readonly string[]>
  read?: (db: Db, given: unknown) => Promise<readonly unknown[]>
}

export function slot<Given, Part>(name: string): Slot<Given, Part> {
  return { name, fill: (parts) => ({ name, parts: (given) => parts(given as Given) }) }
}

export function gate<Given>(name: string): Gate<Given> {
  return { name, fill: (questions) => ({ name, questions: (db, given) => questions(db, given as Given) }) }
}

export function pane<Given, Part>(name: string): Pane<Given, Part> {
  return { name, fill: (read) => ({ name, read: (db, given) => read(db, given as Given) }) }
}

/** All fillings, in feature order, which is the order in which people see them. */
export interface Slots {
  parts<Given, Part>(slot: Slot<Given, Part>, given: Given): Part[]
  questions<Given>(gate: Gate<Given>, db: Db, given: Given): Promise<string[]>
  read<Given, Part>(pane: Pane<Given, Part>, db: Db, given: Given): Promise<Part[]>
}

export function slotsOf(fillings: readonly Filling[]): Slots {
  const byName = Map.groupBy(fillings, (filling) => filling.name)
  return {
    parts<Given, Part>(slot: Slot<Given, Part>, given: Given) {
      return (byName.get(slot.name) ?? []).flatMap((filling) => (filling.parts?.(given) ?? []) as readonly Part[])
    },
    async questions(gate, db, given) {
      const asked: string[] = []
      // In sequence: the order is what people read.
      for (const filling of byName.get(gate.name) ?? []) asked.push(...((await filling.questions?.(db, given)) ?? []))
      return asked
    },
    async read<Given, Part>(pane: Pane<Given, Part>, db: Db, given: Given) {
      const read: unknown[] = []
      // In sequence: whoever reads may be within a transaction, which has one connection.
      for (const filling of byName.get(pane.name) ?? []) read.push(...((await filling.read?.(db, given)) ?? []))
      return read as Part[]
    },
  }
}
