/** Asking more people to join what was paged for, through PagerDuty and by its rules. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import type { PagerDutyTarget } from '../../core/effects.ts'
import { bold, mention } from '../../lib/mrkdwn.ts'
import { pages } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { About } from './domain.ts'
import { theRoster } from './roster/aggregate.ts'
import { personOf } from './roster/lines.ts'
import { loadRoster } from './roster/store.ts'
import { pagesAbout } from './store.ts'

/** Whom it asked, in words; else the answer that says why not. */
export async function inviteByPagerDuty(
  call: Call,
  { about, whom, text }: { about: About; whom: string; text: string },
): Promise<string | Answer> {
  const rules = call.policy(pages)
  if (rules.pagerduty.actAs === null)
    return refuse('Nobody is named to ask in PagerDuty: set `oncall.pagerduty.actAs`.')
  const found = await targetOf(call, whom)
  if (found === null)
    return refuse(
      'I know nobody in PagerDuty by that name. Name a team with a policy there, or a person with `pagerduty` or the same e-mail address in tocsin.yml.',
    )
  const [page] = await pagesAbout(call.db, about)
  if (!page) return sentence({ refused: 'not-in-pagerduty' })
  const outcome = await call.perform(pages, page, { type: 'page.invite', text, targets: [found.target] })
  return 'refused' in outcome ? sentence(outcome) : found.words
}

async function targetOf(call: Call, whom: string): Promise<{ target: PagerDutyTarget; words: string } | null> {
  const rules = call.policy(pages)
  const person = /^<@([UW][A-Z0-9]+)(\|[^>]*)?>$/.exec(whom)?.[1]
  if (person === undefined) {
    const team = rules.there.find((one) => one.team.toLowerCase() === whom.toLowerCase())
    if (!team?.policy) return null
    return { target: { type: 'escalation_policy', id: team.policy }, words: bold(team.team) }
  }
  const configured = rules.people[person]?.pagerduty
  const roster = await loadRoster(call.db, theRoster)
  const id = configured ?? roster?.entries.find((entry) => personOf(entry, rules.people) === person)?.user.id
  return id === undefined ? null : { target: { type: 'user', id }, words: mention(person) }
}
