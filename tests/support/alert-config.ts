/** The alerts part of tocsin.yml, replaced: what a story about routes is played with. */
export function withAlerts(yaml: string): { config(example: string): string } {
  const indented = yaml
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
  return { config: (example) => example.replace(/^alerts:\n(?: .*\n|\n)*/m, `alerts:\n${indented}\n\n`) }
}

/** The example without its routes: alerts are shown, and nothing more. */
export const shownOnly = {
  config: (example: string) => example.replace(/^( {2}routes:).*\n(?: {3,}.*\n)*/m, '$1 []\n'),
}
