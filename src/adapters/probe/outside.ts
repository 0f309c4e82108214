/** What `tocsin check` may look at beyond the files: Prometheus when there is one, addresses when it is asked to. */
import type { Outside } from '../../core/outside.ts'
import { reasonOf } from './address.ts'
import { askAlertRules, askMetricNames } from './alert-rules.ts'

const patienceMilliseconds = 8_000

export function createOutside({ prometheusUrl }: { prometheusUrl: string | null }): Outside {
  const soon = () => AbortSignal.timeout(patienceMilliseconds)
  return {
    alertRules: () => askAlertRules(prometheusUrl, soon()),
    metricNames: () => askMetricNames(prometheusUrl, soon()),
    deadBecause: (url) => deadBecause(url, soon()),
  }
}

/** A page that wants a login is there; only what is gone, or a host that is not there, is dead. */
async function deadBecause(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: 'follow', signal })
    await response.body?.cancel()
    return response.status === 404 || response.status === 410 ? `answers ${response.status}` : null
  } catch (error) {
    return reasonOf(error)
  }
}
