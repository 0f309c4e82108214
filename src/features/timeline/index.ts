/**
 * The timeline: what happened during an incident, in order, so that nobody has to remember it afterwards.
 *
 * A *line* is either an *event*, read from the journal and worded by a template (nothing is copied), or an *entry*: what
 * people noted. An entry is a *note* that somebody wrote, or a *message* that somebody *marked* with a reaction or from
 * its menu. Whatever is corrected, edited or deleted keeps its earlier *versions*.
 */
import { feature, ruled } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import { timelineConfig } from './config.ts'
import { hears } from './messages.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, modals, shortcuts } from './slack.ts'

export const timeline = feature({
  name: 'timeline',
  config: timelineConfig,
  ruled: ruled(aggregate, makeRules),
  commands,
  clicks,
  modals,
  shortcuts,
  hears,
})

export { latestLines } from './pages.ts'
