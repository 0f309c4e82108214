/** One short name for a value: the same for equal values, whatever the order of their keys. */
import { hash } from 'node:crypto'

export function fingerprint(value: unknown): string {
  return hash('sha256', canonical(value), 'hex')
}

/** JSON with sorted keys; a map is written as an object. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value instanceof Map) return canonical(Object.fromEntries(value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}
