/**
 * What PagerDuty speaks of, and of whom: which pages of ours an incident there is, and who somebody there is here.
 *
 * An incident that was made of an event has no key of ours; the event has. So it is known by its id, once PagerDuty was
 * asked, and until then by its words, which are those of the page.
 */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { pages } from './aggregate.ts'
import type { Page } from './domain.ts'
import { summaryOf } from './effects.ts'
import { theRoster } from './roster/aggregate.ts'
import type { Roster } from './roster/domain.ts'
import { loadRoster } from './roster/store.ts'
import type { Rules } from './rules.ts'
import { pagesThere } from './store.ts'

export interface Incident {
  id: string | null
  key: string | null
  title: string | null
}

/** An incident as PagerDuty tells of it. */
export const IncidentTold = z.looseObject({
  id: z.string().nullish(),
  incident_key: z.string().nullish(),
  title: z.string().nullish(),
})

export function incidentOf({ id, incident_key: key, title }: z.infer<typeof IncidentTold>): Incident {
  return { id: id ?? null, key: key ?? null, title: title ?? null }
}

/** Somebody as PagerDuty names them. */
export const Named = z.object({ id: z.string().nullish(), summary: z.string().nullish() })
type Named = z.infer<typeof Named>

/** The pages of ours that are not over and that this incident is about. */
export async function openPagesOf(db: Db, incident: Incident): Promise<readonly Page[]> {
  const isOpen = ({ closedAt }: Page) => closedAt === null
  const { named, alike } = await pagesOf(db, incident)
  if (named.length > 0) return named.filter(isOpen)
  const open = alike.filter(isOpen)
  // Two pages of the same words: which of them it is, nobody can say, and a wrong answer would let people sleep.
  return open.length === 1 ? open : []
}

/** Those that are it, and those whose words it has and that were not found there yet. */
async function pagesOf(db: Db, incident: Incident): Promise<{ named: readonly Page[]; alike: readonly Page[] }> {
  const { named, notFound } = await pagesThere(db, incident)
  const { title } = incident
  return { named, alike: title === null ? [] : notFound.filter((page) => isTitled(page, title)) }
}

/** An old page says in front that it is late. */
function isTitled(page: Page, title: string): boolean {
  return title.replace(/^\([^)]* late\) /, '') === summaryOf(page)
}

const Told = z.object({ event: z.object({ data: IncidentTold }) })

/** Whether a webhook of PagerDuty's speaks of a page of ours, an old one too: that is no news from outside. */
export async function isOurPage(db: Db, body: unknown): Promise<boolean> {
  const told = Told.safeParse(body)
  if (!told.success) return false
  const { named, alike } = await pagesOf(db, incidentOf(told.data.event.data))
  return named.length > 0 || alike.length > 0
}

/** Names people of PagerDuty's by their Slack id, where tocsin.yml says who that is; else by the name they have there. */
export async function namerFor(db: Db, policyOf: (feature: string) => unknown): Promise<(one: Named) => string | null> {
  const { personOf } = policyOf(pages.feature) as Rules
  const roster = await loadRoster(db, theRoster)
  return ({ id, summary }) => {
    const person = id == null ? null : personOf({ id, name: null, email: emailOf(roster, id) })
    return person ?? summary ?? null
  }
}

function emailOf(roster: Roster | null, id: string): string | null {
  const onCall = roster?.entries.find(({ user }) => user.id === id)?.user.email
  return onCall ?? roster?.users.find((user) => user.id === id)?.email ?? null
}
