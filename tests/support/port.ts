/** A port whose outside is in the test's hands, and the parts that an outbox needs around it. */
import type { Effect } from '../../src/core/effects.ts'
import { createLog } from '../../src/core/log.ts'
import { createMetrics } from '../../src/core/metrics.ts'
import type { Delivered, Delivery, Port, Ports } from '../../src/core/ports.ts'

export interface RecordingPort extends Port<Effect> {
  seen: Delivery<Effect>[]
  /** What happens at the next deliveries; afterwards all succeed. */
  next: ((delivery: Delivery<Effect>) => Promise<Delivered>)[]
}

export function recordingPort(): RecordingPort {
  const port: RecordingPort = {
    seen: [],
    next: [],
    async deliver(delivery) {
      port.seen.push(delivery)
      const answer = port.next.shift()
      return answer ? answer(delivery) : {}
    },
  }
  return port
}

export function portsOf(slack: RecordingPort, pager: RecordingPort = recordingPort()): Ports {
  return {
    slack,
    pager,
    mail: recordingPort(),
    webhook: recordingPort(),
    alertmanager: recordingPort(),
    sns: recordingPort(),
    pagerduty: recordingPort(),
    probe: recordingPort(),
  } as unknown as Ports
}

export const quiet = createLog({ level: 'silent' })
export const countedMetrics = () => createMetrics('test')
