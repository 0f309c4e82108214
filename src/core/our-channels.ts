/**
 * Which channels are ours: those that a feature opened. What is said elsewhere is not kept, not even for a moment.
 *
 * A yes is remembered. A no is asked again each time, because the channel may be one that is just being opened: one
 * look at an index, 8 a second at most, since Slack delivers no more than 30,000 events an hour to an app.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'
import type { ThingName } from './effects.ts'

export interface OurChannels {
  /** Its name; `soon` while some channel is being opened, so that it may turn out to be this one. */
  find(channelId: string): Promise<{ thing: ThingName } | 'soon' | null>
}

/** Slack's events about channels themselves, and about the bot's coming and going. Needed however few features there are. */
export const channelSubscriptions = [
  ...['channel_rename', 'channel_archive', 'channel_unarchive', 'channel_deleted', 'channel_left'],
  ...['group_rename', 'group_archive', 'group_unarchive', 'group_deleted', 'group_left'],
  'member_joined_channel',
] as const

const rememberedMax = 10_000

export function createOurChannels(db: Db): OurChannels {
  const known = new Map<string, ThingName>()

  function remember(channelId: string, thing: ThingName): void {
    known.set(channelId, thing)
    const [oldest] = known.keys()
    if (known.size > rememberedMax && oldest !== undefined) known.delete(oldest)
  }

  return {
    async find(channelId) {
      const remembered = known.get(channelId)
      if (remembered) return { thing: remembered }
      const [row] = await rows<{ name: ThingName | null; is_opening: boolean }>(
        db,
        sql`select
          (select name from things
            where observed ->> 'channelId' = ${channelId} and desired ->> 'kind' = 'slack.channel' limit 1) as name,
          exists (select 1 from outbox join things on things.name = outbox.thing
            where outbox.closed_at is null and things.observed is null and things.desired ->> 'kind' = 'slack.channel')
            as is_opening`,
      )
      if (row?.name) {
        remember(channelId, row.name)
        return { thing: row.name }
      }
      return row?.is_opening ? 'soon' : null
    },
  }
}

/** It may be about a channel that is being opened this moment: look again in a moment. */
export class NotYet extends Error {}
