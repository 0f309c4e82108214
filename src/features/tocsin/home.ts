/** App Home: what a person finds when they open the app. Each feature adds its part, in feature order. */
import type { Call } from '../../core/call.ts'
import type { Db } from '../../core/db.ts'
import type { Block, Effect } from '../../core/effects.ts'
import type { SlackEventListener } from '../../core/interactions.ts'
import { pane, type Slots } from '../../core/slots.ts'
import { section } from '../../lib/blocks.ts'

export interface HomeVisit {
  person: string
  now: Date
}

/** What features to the right show there: what is open, what waits for this person. */
export const homePane = pane<HomeVisit, Block>('tocsin.home')

const welcome = section(
  '*Something is wrong?* Type `/inc` and say what: `/inc checkout returns 500s`. A channel opens, with everything in it.',
)

/** Drawn anew whenever somebody opens it, and by a feature after a click there. */
export async function homeOf({ db, slots, now }: { db: Db; slots: Slots; now: Date }, person: string): Promise<Effect> {
  const parts = await slots.read(homePane, db, { person, now })
  return { kind: 'slack.home', person, blocks: [...parts, welcome] }
}

export const slackEvents: SlackEventListener[] = [
  {
    subscription: 'app_home_opened',
    type: 'app_home_opened',
    who: 'anyone',
    run: async (call: Call, event) => (event.tab === 'home' ? { effects: [await homeOf(call, call.person.id)] } : {}),
  },
]
