/** What this page cannot draw, it shows as it came: better than hiding what the bot said. */
import { h } from './dom.js'

export function unknownThing(thing) {
  return h(
    'details',
    { class: 'unknown' },
    h('summary', {}, `A "${thing?.type ?? 'nameless'}" block, which this page cannot draw`),
    h('pre', { class: 'code-block' }, JSON.stringify(thing, null, 2)),
  )
}
