/** Markdown, as far as runbooks use it, in Slack's markup. Text is escaped here; variables stay to be filled in later. */
import type { List, ListItem, Nodes, PhrasingContent, RootContent } from 'mdast'
import { escapeText, link } from '../../lib/mrkdwn.ts'

export function markupOf(nodes: readonly RootContent[]): string {
  return nodes
    .map(block)
    .filter((text) => text !== '')
    .join('\n')
}

function block(node: RootContent): string {
  switch (node.type) {
    case 'paragraph':
      return inline(node.children)
    case 'heading':
      return `*${inline(node.children)}*`
    case 'code':
      return `\`\`\`${escapeText(node.value)}\`\`\``
    case 'list':
      return items(node)
    case 'blockquote':
      return markupOf(node.children).replace(/^/gm, '> ')
    case 'thematicBreak':
    case 'definition':
    case 'html':
      // Markup of a page, which Slack has no use for.
      return ''
    default:
      return 'children' in node ? markupOf(node.children as RootContent[]) : textOf(node)
  }
}

function items({ children, ordered, start }: List): string {
  const first = start ?? 1
  return children.map((item, index) => `${ordered ? `${first + index}.` : '•'} ${itemText(item)}`).join('\n')
}

function itemText({ children }: ListItem): string {
  return markupOf(children).replace(/\n(?=\S)/g, '\n   ')
}

export function inline(nodes: readonly PhrasingContent[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case 'strong':
          return `*${inline(node.children)}*`
        case 'emphasis':
          return `_${inline(node.children)}_`
        case 'delete':
          return `~${inline(node.children)}~`
        case 'inlineCode':
          return `\`${escapeText(node.value)}\``
        case 'link':
          return link(node.url, textOf(node))
        case 'break':
          return '\n'
        default:
          return escapeText(textOf(node).replaceAll('\n', ' '))
      }
    })
    .join('')
}

export function textOf(node: Nodes): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
