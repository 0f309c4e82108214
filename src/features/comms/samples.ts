/** Made-up facts, to look at a template with. */
import { declassify, type PublicFacts } from './public.ts'

const minute = 60_000

export function sampleFacts(now: Date): PublicFacts {
  const at = (minutes: number) => new Date(now.getTime() + minutes * minute).toISOString()
  return {
    name: declassify('Paying is slow'),
    impact: 'confirmed',
    level: 'degraded',
    components: [],
    regions: declassify('Europe'),
    symptom: declassify('Paying takes up to a minute.'),
    workaround: declassify('Try again after a minute.'),
    correction: declassify('Searching was never concerned.'),
    dataLoss: { state: 'none', words: declassify('') },
    startedAt: at(-30),
    endedAt: at(-2),
    nextUpdateBy: at(30),
    window: { from: at(60), to: at(120) },
  }
}
