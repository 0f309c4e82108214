/** Asks the probes until they said yes often enough in a row, or for too long did not. */
import type { LongWork } from '../../core/feature.ts'
import { clean } from '../../lib/text.ts'
import type { Action, ProbeResult } from './domain.ts'
import { lose, type Next, type Pace, rulesOf, tell, wordsOf } from './order.ts'
import { patience, patiently } from './patience.ts'
import { probes } from './probes/index.ts'

export async function verify(work: LongWork, action: Action, pace: Pace): Promise<Next> {
  const spec = rulesOf(work.spine).config.catalogue[action.name]?.verify
  if (!spec)
    return lose(work, action, 'Its catalogue entry has no probes any more, so nobody can say whether it helped.')
  const began = pace.sinceSeen.get('verifying') ?? work.clock.now().getTime()
  pace.sinceSeen.set('verifying', began)
  const results: ProbeResult[] = await Promise.all(spec.probes.map((given) => ask(work, action, given)))
  pace.passes = results.every((result) => result.isOk) ? pace.passes + 1 : 0
  const isOk = pace.passes >= spec.passes
  if (isOk || work.clock.now().getTime() - began >= spec.within) {
    await tell(work, action, { type: 'action.verify', isOk, probes: results })
    return 'enough'
  }
  return spec.every
}

async function ask(work: LongWork, action: Action, given: Readonly<Record<string, unknown>>): Promise<ProbeResult> {
  const [name = '', settings] = Object.entries(given)[0] ?? []
  const probe = probes.find((one) => one.name === name)
  if (!probe) return { what: name, isOk: false, saw: 'there is no such probe' }
  const config: unknown = probe.configSchema.parse(settings)
  const what = clean(probe.describe(config))
  const { target, params, plan } = action
  try {
    const { isOk, saw } = await patiently(work, action, patience.probe, (io) =>
      probe.ask(config, { target, params, plan }, io),
    )
    return { what, isOk, saw: clean(saw) }
  } catch (error) {
    return { what, isOk: false, saw: wordsOf(error) }
  }
}
