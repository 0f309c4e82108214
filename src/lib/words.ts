/** Words, for people and for names. */

/** The candidates that were probably meant, the nearest first: one slip in a short word, two in a longer one. */
export function nearest(word: string, candidates: readonly string[]): string[] {
  const allowed = word.length < 3 ? 0 : word.length < 6 ? 1 : 2
  const near = [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: slips(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= allowed && distance < candidate.length)
  return near.toSorted((a, b) => a.distance - b.distance).map(({ candidate }) => candidate)
}

/** Letters typed wrong, too many, too few, or in the wrong order (Damerau and Levenshtein, neighbours only). */
export function slips(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 3) return 4
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1]
      const best = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1)]
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwapped) best.push(at(beforeLast, j - 2) + 1)
      row.push(Math.min(...best))
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}

/** For Slack channel names: small letters, digits and hyphens. A title of emoji only gives nothing. */
export function slug(text: string, max: number): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
  return words
    .slice(0, max + 1)
    .replace(/^-+/, '')
    .slice(0, max)
    .replace(/-+$/, '')
}

export function plural(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}

/** «a, b and c» */
export function list(words: readonly string[]): string {
  const [last, ...others] = words.toReversed()
  if (last === undefined) return ''
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`
}
