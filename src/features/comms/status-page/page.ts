/** The status page as data: what every form of it (HTML, JSON, feeds, calendar) is drawn from. */
import { createHash } from 'node:crypto'
import type { Instant } from '../../../core/effects.ts'
import type { Locale } from '../locale.ts'
import {
  type ComponentState,
  type Happening,
  happeningsOf,
  isUnderWay,
  spansOf,
  stateAt,
  type Update,
  worstOf,
} from './record.ts'
import { type Day, daysOf, type Interval, type Uptime, uptimeOf, type Weights } from './uptime.ts'

/** What tocsin.yml says about the page. */
export interface PageSettings {
  name: string
  locale: Locale
  /** Where it is found, without a slash at its end and without `/status`. */
  url: string
  components: readonly { key: string; name: string; group: string; description: string }[]
  takesSubscribers: boolean
  weights: Weights
}

/** What is kept about it. */
export interface Published {
  updates: readonly Update[]
  /** When somebody watched, by the key of the component. */
  watched: ReadonlyMap<string, readonly Interval[]>
}

export interface Component {
  key: string
  /** What machines know it by. */
  id: string
  name: string
  group: string
  description: string
  state: ComponentState
  /** Since when it is on the page; null before anybody watched. */
  since: Instant | null
  days: readonly Day[]
  uptime: Uptime
}

export interface StatusPage extends PageSettings {
  components: readonly Component[]
  happenings: readonly Happening[]
  /** The worst of what is under way. */
  state: ComponentState
  /** When a client was last told anything; the beginning of the watch before that. */
  updatedAt: Instant
  builtAt: Instant
}

export const daysShown = 90
const dayMilliseconds = 86_400_000

export function pageOf(settings: PageSettings, { updates, watched }: Published, now: Date): StatusPage {
  const happenings = happeningsOf(updates)
  const at = now.getTime()
  const window = {
    from: Math.floor(at / dayMilliseconds) * dayMilliseconds - (daysShown - 1) * dayMilliseconds,
    until: at,
  }
  const components = settings.components.map((component) => {
    const seen = { spans: spansOf(happenings, component.key), watched: watched.get(component.key) ?? [] }
    const since = Math.min(...seen.watched.map(({ from }) => from))
    return {
      ...component,
      id: machineId(`component/${component.key}`),
      state: stateAt(seen.spans, at),
      since: Number.isFinite(since) ? new Date(since).toISOString() : null,
      days: daysOf(seen, at, daysShown),
      uptime: uptimeOf(seen, window, settings.weights),
    }
  })
  const told = updates.map(({ publishedAt }) => publishedAt)
  const begun = components.flatMap(({ since }) => (since === null ? [] : [since]))
  return {
    ...settings,
    components,
    happenings,
    state: worstOf([...components.map(({ state }) => state), ...happenings.filter(isUnderWay).map(({ felt }) => felt)]),
    updatedAt: told.toSorted().at(-1) ?? begun.toSorted()[0] ?? now.toISOString(),
    builtAt: now.toISOString(),
  }
}

/** In the order of tocsin.yml. Those without a group stand first: below another's heading they would seem to be in it. */
export function groupsOf(page: Pick<StatusPage, 'components'>): { name: string; components: Component[] }[] {
  const groups = Map.groupBy(page.components, ({ group }) => group)
  const named = [...groups].filter(([name]) => name !== '')
  const alone = groups.get('') ?? []
  return [...(alone.length > 0 ? [['', alone] as const] : []), ...named].map(([name, components]) => ({
    name,
    components,
  }))
}

/** Twelve small letters and digits, the same for ever for the same thing. */
export function machineId(name: string): string {
  const digest = createHash('sha256').update(name).digest()
  return digest.readBigUInt64BE().toString(36).padStart(13, '0').slice(-12)
}
