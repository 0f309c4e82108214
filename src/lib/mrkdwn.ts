/** Slack's markup. Whatever came from outside goes through `escapeText` or `escapeInline` exactly once, here. */

/** Text that is markup already (a mention, a link made by lib/mrkdwn.ts) and must not be escaped again. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The three characters that Slack reads as control. Without them there is no mention, no link, no `<!channel>`. */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

export function unescapeText(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
}

// Breaks up what Slack would read as formatting; invisible, and never part of what we keep.
const wordJoiner = '\u2060'

/** For one line of somebody's text inside ours: it may neither become markup nor begin a quotation, nor break the line. */
export function escapeInline(text: string): string {
  const oneLine = text.replace(/\s*\n\s*/g, ' ')
  return escapeText(oneLine).replace(/[*_~`]/g, (mark) => `${wordJoiner}${mark}${wordJoiner}`)
}

/** Somebody's message inside ours: people and channels that it names stay named, everything else is only text. */
export function escapeMessage(text: string): string {
  const parts = text.split(/(<[@#][UWCG][A-Z0-9]+(?:\|[^<>]*)?>)/)
  return parts.map((part, index) => (index % 2 === 1 ? part.replace(/\|.*>$/, '>') : escapeInline(part))).join('')
}

export function bold(text: string): string {
  return `*${escapeInline(text)}*`
}

export function link(url: string, label: string): string {
  const target = url.trim()
  if (!/^(https?:\/\/|mailto:)[^\s]+$/i.test(target)) return escapeInline(label)
  return `<${escapeText(target).replaceAll('|', '%7C')}|${escapeInline(label).replaceAll('|', '¦')}>`
}

export function mention(personId: string): string {
  return /^[UW][A-Z0-9]+$/.test(personId) ? `<@${personId}>` : escapeInline(personId)
}

export function channelLink(channelId: string): string {
  return /^[CGD][A-Z0-9]+$/.test(channelId) ? `<#${channelId}>` : escapeInline(channelId)
}

/** A moment in the reader's own time zone, with the zone's name where Slack cannot. */
export function when(instant: string, format = '{date_short_pretty} {time}'): string {
  const seconds = Math.floor(Date.parse(instant) / 1_000)
  const fallback = `${instant.slice(0, 16).replace('T', ' ')} UTC`
  return `<!date^${seconds}^${format}|${fallback}>`
}

/** What a person typed, for reading: Slack's tokens for people, channels and links become what was seen on the screen. */
export function readable(text: string): string {
  return text
    .replace(/<([@#])[A-Z0-9]+\|([^>]*)>/g, '$1$2')
    .replace(/<(https?:[^|>]*)(\|[^>]*)?>/g, '$1')
    .replace(/<mailto:[^|>]*\|([^>]*)>/g, '$1')
}
