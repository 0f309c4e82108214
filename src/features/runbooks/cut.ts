/** Markup cut to length, without leaving half of a mark behind. */

export function firstLine(markup: string): string {
  const [line = ''] = markup.replaceAll('```', '').split('\n')
  return shortened(line, 90)
}

/** Markup that is cut must not leave half a link or an open mark behind, so a cut line loses its marks. */
export function shortened(markup: string, max: number): string {
  if (markup.length <= max) return markup
  const cut = markup
    .slice(0, max - 1)
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/<[^>]*$/, '')
  const isOpen = (mark: string) => (cut.split(mark).length - 1) % 2 === 1
  return `${cut}…${isOpen('```') ? '```' : ''}`
}
