/** Does a database answer a question as it should? The server itself is told to let nothing be changed. */
import { z } from 'zod'
import { talkTo } from '../../../../core/other-databases.ts'
import { redact } from '../../supervised/redact.ts'
import type { Probe } from '../probe.ts'

const configSchema = z.strictObject({
  /** The environment variable with the database's address. */
  urlVariable: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'write the name of an environment variable'),
  query: z.string().min(1).max(2_000),
  /** What the first column of the first row must be, as text. Without it any row is a yes. */
  is: z.string().optional(),
  withinSeconds: z.number().int().min(1).max(60).default(5),
})
type Config = z.infer<typeof configSchema>

export const sqlProbe: Probe<Config> = {
  name: 'sql',
  configSchema,
  describe: ({ query, is }) => `${query} gives ${is ?? 'a row'}`,
  async ask(config, _given, io) {
    const url = io.secrets(config.urlVariable)
    const patience = { secondsMax: config.withinSeconds, signal: io.signal, isReadOnly: true }
    try {
      const [row] = await talkTo(url, patience, ({ ask }) => ask(config.query))
      if (!row) return { isOk: false, saw: 'no row' }
      const seen = String(Object.values(row)[0] ?? 'null').slice(0, 100)
      const isOk = config.is === undefined || seen === config.is
      return { isOk, saw: isOk ? seen : `${seen}, wanted ${config.is}` }
    } catch (error) {
      return { isOk: false, saw: redact(error instanceof Error ? error.message : String(error), [url]).slice(0, 200) }
    }
  },
  example: { urlVariable: 'CHECKOUT_DATABASE_URL', query: 'select count(*) from orders', is: '1200' },
}
