/** The metrics that a query of Prometheus asks for: what is left of it without everything that is no name of one. */

const words = new Set(
  'and or unless on ignoring group_left group_right by without offset bool inf nan start end'.split(' '),
)

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
