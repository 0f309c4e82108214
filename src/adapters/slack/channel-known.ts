/** A channel as we left it, and what those who keep it up to date are given. */
import { z } from 'zod'
import type { SlackEffect } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import type { Call } from './call.ts'
import { KeptBookmark } from './channel-bookmarks.ts'

export const usualPurpose = 'Kept by Tocsin'

export type ChannelEffect = Extract<SlackEffect, { kind: 'slack.channel' }>

/** A channel as we left it. What differs from this was changed by a person. */
export const KnownChannel = z.object({
  channelId: z.string(),
  name: z.string(),
  /** What was asked for when it got its name, which may be another because that one was taken. */
  wantedName: z.string().default(''),
  topic: z.string().default(''),
  purpose: z.string().default(usualPurpose),
  isPrivate: z.boolean().default(false),
  isArchived: z.boolean().default(false),
  /** Whether we wanted it archived the last time. People may have archived it without our wanting, and the other way about. */
  wantedArchived: z.boolean().default(false),
  /** It was deleted, or the bot was sent out of it. */
  isGone: z.boolean().default(false),
  invited: z.array(z.string()).default([]),
  /** Who could not be invited, and why, in Slack's word. */
  skipped: z.record(z.string(), z.string()).default({}),
  bookmarks: z.array(KeptBookmark).default([]),
  /** What a person has changed; we leave it alone from then on. */
  changedByPeople: z.array(z.enum(['name', 'topic', 'purpose'])).default([]),
})
export type KnownChannel = z.infer<typeof KnownChannel>

export interface ChannelsOptions {
  botUserId(): string | null
  membersOf(group: string): Promise<readonly string[]>
  log: Log
}

export interface Keeping extends ChannelsOptions {
  call: Call
  name: string
  desired: ChannelEffect['desired']
  isLook: boolean
}
