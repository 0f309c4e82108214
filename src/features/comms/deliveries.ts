/** Who was written to of what: one row for each, whose key makes twice impossible. */
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * `mail`: filed by itself · `held`: waits for the mail that gathers several · `gathered`: was in one · `mail again`: a
 * person wanted it sent once more; its receiver is `1 name`, with the how manieth time.
 */
export type Medium = 'mail' | 'held' | 'gathered' | 'mail again'

export const deliveries = pgTable('comms_deliveries', {
  storyId: text('story_id').notNull(),
  post: integer('post').notNull(),
  medium: text('medium').$type<Medium>().notNull(),
  receiver: text('receiver').notNull(),
  filedAt: timestamp('filed_at', { withTimezone: true, mode: 'date' }).notNull(),
})
