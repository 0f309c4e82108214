/** Where features to the right show something of theirs on an incident, or ask before it is resolved. */
import type { Block } from '../../core/effects.ts'
import { gate, slot } from '../../core/slots.ts'
import type { Incident } from './domain.ts'

/** What they add to the card, between the facts and the buttons. */
export const cardParts = slot<Incident, Block>('incidents.cardParts')
/** What they add to the announcement, which everybody sees: a few words each, for a line below the facts. */
export const announcementParts = slot<Incident, string>('incidents.announcementParts')
/** Their buttons beside ours. */
export const cardButtons = slot<Incident, Block>('incidents.cardButtons')
/** What they want to be asked about before an incident is resolved. */
export const resolveGate = gate<Incident>('incidents.resolveGate')
