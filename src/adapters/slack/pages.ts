/** Lists of Slack's that come in pages. */
import { z } from 'zod'
import type { Call } from './call.ts'
import type { Method } from './methods.ts'

// The most that Slack gives at once. Pages are counted, and a large workspace has many.
const pageSize = 999

const Page = z.object({
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
})

/** The items of all pages, as far as they are read. What does not have the fields we use is left out. */
export async function* itemsOf<Item>(
  call: Call,
  list: { method: Method; args: Readonly<Record<string, unknown>>; field: string; item: z.ZodType<Item> },
): AsyncGenerator<Item> {
  let cursor = ''
  do {
    // In sequence: each page names the next.
    const answer = await call(list.method, { ...list.args, limit: pageSize, ...(cursor ? { cursor } : {}) })
    for (const given of arrayIn(answer[list.field])) {
      const { data } = list.item.safeParse(given)
      if (data !== undefined) yield data
    }
    cursor = Page.parse(answer).response_metadata.next_cursor
  } while (cursor !== '')
}

export function arrayIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
