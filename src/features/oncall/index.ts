/**
 * On call: who it is, and waking them.
 *
 * A *schedule* says who is on call now: *layers* of people who take turns, with *overrides* on top; a *shift* is a span
 * with one person, who says «I have it». A *page* calls people, *step* by step (its *climb*), until one of them
 * acknowledges it: by PagerDuty, by direct message, by mail (a link that asks once more), by a signed webhook. One page
 * is under way for one thing and one team, whoever asks. The *roster* is who is on call in PagerDuty, as it was seen last.
 *
 * A page that PagerDuty does not take within a minute is *not taken*: whom it would have woken is said with their numbers,
 * and the climb goes on at once.
 *
 *   page: calling ──▶ acknowledged ──▶ resolved · calling ──▶ exhausted: everybody was called, and #ops hears it
 */
import { feature, ruled } from '../../core/feature.ts'
import { pages, schedules } from './aggregate.ts'
import { httpPages } from './answer-page.ts'
import { oncallConfig } from './config.ts'
import { lintOncall } from './lint.ts'
import { measures } from './measures.ts'
import { hooks } from './pagerduty-hook.ts'
import { rosters } from './roster/aggregate.ts'
import { makeRules } from './rules.ts'
import { scheduled } from './scheduled.ts'
import { clicks, commands, modals, noun } from './slack.ts'

export const oncall = feature({
  name: 'oncall',
  config: oncallConfig,
  lint: lintOncall,
  ruled: [ruled(pages, makeRules), ruled(schedules, makeRules), ruled(rosters, makeRules)],
  nouns: [noun],
  commands,
  clicks,
  modals,
  pages: httpPages,
  hooks,
  measures,
  scheduled,
})

export { isReachable, isToldThere, namedThere } from './config.ts'
export { type Event as PageEvent, missedCall, type Page, type Reachable } from './domain.ts'
export { openPageForm } from './forms.ts'
export { handOverPane } from './handover/slot.ts'
export { inviteByPagerDuty } from './inviting.ts'
export {
  acknowledgePage,
  linkPage,
  notePage,
  type Paged,
  pageId,
  pagePerson,
  pageTeam,
  reprioritizePage,
  resolvePage,
} from './paging.ts'
export { printedContacts } from './printed.ts'
export { onDuty } from './reading.ts'
export { ringWords } from './roster/lines.ts'
export { isOurPage } from './told-there.ts'
export { type WhyAsked, whyPane } from './why.ts'
