/** Where features to the right say what whoever takes over must know. */
import { pane } from '../../../core/slots.ts'

export interface HandOver {
  now: Date
}

/** A line each. Everybody in the channel of the hand-over reads it: nothing private. */
export const handOverPane = pane<HandOver, string>('oncall.handOver')
