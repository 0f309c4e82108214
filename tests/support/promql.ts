/** What a query of Prometheus asks for, read as far as our own queries need it. */

const words = new Set(
  'and or unless on ignoring group_left group_right by without offset bool inf nan start end'.split(' '),
)

/** What is left of it without everything that is no name of a metric. */
export function metricsIn(query: string): string[] {
  const bare = query
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replace(/\boffset\s+\w+/g, ' ')
  const names = [...bare.matchAll(/(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(\(?)/g)]
  return [...new Set(names.flatMap(([, name = '', call]) => (call === '(' || words.has(name) ? [] : [name])))]
}

/** Each metric with the labels that it is asked for by. */
export function selectorsIn(query: string): { metric: string; labels: string[] }[] {
  const found = [...query.matchAll(/(?<![\w.$])([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)]
  return found.map(([, metric = '', inner = '']) => ({
    metric,
    labels: [...inner.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(
      ([, name = '']) => name,
    ),
  }))
}

/**
 * The labels by which the outermost aggregation tells its results apart, without `le`, which a quantile takes up; none for
 * one that adds up everything. Null for a query that is no aggregation.
 */
export function labelsOfResult(query: string): string[] | null {
  const inner = query.trim().replace(/^(?:histogram_quantile\([\d.]+,|1 -|\()\s*/, '')
  const found = /^(?:sum|max|min|avg|count)\s*(?:by\s*\(([^)]*)\))?\s*\(/.exec(inner.replace(/^\(/, ''))
  if (!found) return /^histogram_quantile|^vector/.test(query.trim()) ? [] : null
  return (found[1] ?? '')
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '' && label !== 'le')
}
