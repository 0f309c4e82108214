/** Asks the world of a rehearsal whether it is well. Goes with the rehearsal executor, and is good for nothing else. */
import { z } from 'zod'
import { liveVersion, readWorld } from '../../executors/rehearsal/world.ts'
import type { Probe } from '../probe.ts'

const settings = z.strictObject({})

export const rehearsalProbe: Probe<z.infer<typeof settings>> = {
  name: 'rehearsal',
  configSchema: settings,
  describe: () => 'the rehearsed service is well',
  example: {},
  async ask(_config, { target, plan }, io) {
    const world = await readWorld(io, target)
    const live = await liveVersion(io, target, world)
    const isLive = plan === null || live === plan.after
    return { isOk: isLive && !world.isSick, saw: world.isSick ? `${live} is sick` : `${live} is live` }
  },
}
