/** Does a command of this machine end with 0? It is run without a shell, and ended when it takes too long. */
import path from 'node:path'
import { z } from 'zod'
import { BadValue, commandLine, commandSchema, valuesOf } from '../../executors/slots.ts'
import { lastLine, runShort } from '../../supervised/short.ts'
import type { Probe } from '../probe.ts'

const configSchema = z.strictObject({
  run: commandSchema,
  folder: z.string().default('.'),
  env: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
  withinSeconds: z.number().int().min(1).max(60).default(10),
})
type Config = z.infer<typeof configSchema>

export const commandProbe: Probe<Config> = {
  name: 'command',
  configSchema,
  describe: ({ run }) => `${run.join(' ')} ends well`,
  async ask(config, given, io) {
    const named = Object.entries(config.secrets).map(([name, variable]) => [name, io.secrets(variable)])
    try {
      const said = await runShort({
        argv: commandLine(config.run, valuesOf(given)),
        cwd: path.resolve(config.folder),
        env: config.env,
        secretEnv: Object.fromEntries(named),
        secondsMax: config.withinSeconds,
        signal: io.signal,
      })
      const isOk = said.exitCode === 0
      return { isOk, saw: isOk ? 'exit code 0' : `${said.problem ?? `exit code ${said.exitCode}`} ${lastLine(said)}` }
    } catch (error) {
      if (error instanceof BadValue) return { isOk: false, saw: error.message }
      throw error
    }
  },
  example: { run: ['/usr/local/bin/check-queue', '{target.service}', '--below', '100'] },
}
