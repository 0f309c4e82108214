/** The buttons on messages to clients. */
import { z } from 'zod'
import { button } from '../../core/interactions.ts'

const one = z.object({ story: z.string(), post: z.number() })
export const draftButton = button('comms.draft', z.object({ story: z.string() }))
export const approveButton = button('comms.approve', one.extend({ hash: z.string() }))
export const publishButton = button('comms.publish', one)
export const changesButton = button('comms.askForChanges', one)
export const discardButton = button('comms.discard', one)
export const sendAgainButton = button('comms.sendAgain', one)
export const subscribeButton = button('comms.subscribe', z.object({}))
const extension = z.object({ story: z.string(), minutes: z.number() })
export const extendButton = button('comms.extend', extension)
// A name of its own: Slack wants no two alike in one row.
export const extendLongButton = button('comms.extendLong', extension)
export const completeButton = button('comms.complete', z.object({ story: z.string() }))
