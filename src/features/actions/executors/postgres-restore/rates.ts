/** How fast restores have been here, so that the next plan can say how long it will take. */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

type Kind = 'dump' | 'cluster'
const Rates = z.record(z.string(), z.number())
// Opening, creating and checking take their time however little there is.
const secondsMin = 3

export function ratesIn(homeDir: string) {
  const file = path.join(homeDir, 'bytes-per-second.json')
  const read = (): Record<string, number> => {
    try {
      return Rates.parse(JSON.parse(fs.readFileSync(file, 'utf8')))
    } catch {
      return {}
    }
  }
  return {
    /** Null as long as nothing was measured. */
    secondsFor(kind: Kind, bytes: number): number | null {
      const rate = read()[kind]
      return rate === undefined ? null : Math.max(secondsMin, Math.ceil(bytes / rate))
    },
    measured(kind: Kind, bytes: number, seconds: number): void {
      fs.writeFileSync(file, JSON.stringify({ ...read(), [kind]: bytes / Math.max(seconds, 0.001) }))
    },
  }
}
