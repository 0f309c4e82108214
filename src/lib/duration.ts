/** Spans of time as people write them: 90s, 15m, 1h30m, 2d. Kept in milliseconds. */
import { z } from 'zod'

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
// A year is no span that anybody waits for; a slip of the fingers is.
const longest = 366 * 86_400_000

export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replaceAll(' ', '')
  if (!/^(\d{1,6}[smhd])+$/.test(compact)) return null
  let total = 0
  for (const [, amount = '', unit = ''] of compact.matchAll(/(\d+)([smhd])/g))
    total += Number(amount) * (units[unit] ?? 0)
  return total <= longest ? total : null
}

/** «2 d 3 h», «1 h 30 min», «45 s»: the two largest units. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([amount]) => amount > 0).slice(0, 2)
  return shown.length === 0 ? '0 s' : shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}

export const Duration = z.string().transform((text, checked) => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== null) return milliseconds
  checked.addIssue({ code: 'custom', message: `"${text}" is no duration. Write 90s, 15m, 1h30m or 2d` })
  return z.NEVER
})
