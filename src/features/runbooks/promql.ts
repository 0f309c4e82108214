/** Which metrics a query asks for. Reads just enough of PromQL for that, and rather names none than a wrong one. */

const notMetrics = new Set(
  `sum min max avg group stddev stdvar count count_values bottomk topk quantile limitk limit_ratio
   and or unless by without on ignoring group_left group_right bool offset atan2 start end inf nan`.split(/\s+/),
)

export function metricsIn(promql: string): string[] {
  const bare = promql
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
    .replace(/#.*$/gm, '')
    .replace(/\{[^{}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi, ' ')
  // A number takes its unit with it, and what stands before a bracket is a function.
  const words = [...bare.matchAll(/\d[\w.]*|[a-zA-Z_:][\w:]*(?:\s*\()?/g)].map(([word]) => word)
  const metrics = words.filter((word) => /^[a-zA-Z_:]/.test(word) && !word.endsWith('('))
  return [...new Set(metrics.filter((word) => !notMetrics.has(word.toLowerCase())))]
}
