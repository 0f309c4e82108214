/**
 * Tocsin itself: what it understands, which version runs, and whether all is well with it.
 *
 * It stands leftmost: it knows no other feature, and none needs it.
 */
import { feature } from '../../core/feature.ts'
import { slackEvents } from './home.ts'
import { commands, noun } from './slack.ts'

export const tocsin = feature({ name: 'tocsin', nouns: [noun], commands, slackEvents })

export type { HomeVisit } from './home.ts'
export { homeOf, homePane } from './home.ts'
