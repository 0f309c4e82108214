/** What people entered in a form, or chose in a menu, whatever kind of control it was. */
import type { FormValues } from '../../core/heard.ts'
import { clean } from '../../lib/text.ts'
import { isRecord } from './payloads.ts'

/** Each input's value by the name of its block. */
export function formValues(values: unknown): FormValues {
  if (!isRecord(values)) return {}
  const fields: FormValues = {}
  for (const [block, actions] of Object.entries(values)) {
    const [held] = isRecord(actions) ? Object.values(actions) : []
    if (isRecord(held)) fields[block] = valueIn(held)
  }
  return fields
}

/** The one value of a button or a menu; several choices as a JSON list. */
export function chosenValue(action: Record<string, unknown>): string {
  const value = valueIn(action)
  return Array.isArray(value) ? JSON.stringify(value) : (value ?? '')
}

const singleNames = ['selected_user', 'selected_conversation', 'selected_channel', 'selected_date', 'selected_time']
const severalNames = ['selected_users', 'selected_conversations', 'selected_channels']

/** Null where nothing was entered or chosen. Texts are as typed: Slack does not escape them here. */
function valueIn(held: Record<string, unknown>): string | string[] | null {
  if (typeof held.value === 'string') return clean(held.value)
  if (Array.isArray(held.selected_options)) return held.selected_options.flatMap(optionValue)
  if ('selected_option' in held) return optionValue(held.selected_option)[0] ?? null
  if (typeof held.selected_date_time === 'number') return String(held.selected_date_time)
  if (Array.isArray(held.files))
    return held.files.flatMap((file) => (isRecord(file) && typeof file.id === 'string' ? [file.id] : []))
  if (isRecord(held.rich_text_value)) return clean(writtenIn(held.rich_text_value)) || null
  for (const name of severalNames) if (Array.isArray(held[name])) return held[name].map(String)
  for (const name of singleNames) if (typeof held[name] === 'string') return held[name]
  return null
}

function optionValue(option: unknown): string[] {
  return isRecord(option) && typeof option.value === 'string' ? [option.value] : []
}

/** Rich text without its looks: the words, mentions as Slack writes them, each paragraph and list item on its line. */
function writtenIn(element: Record<string, unknown>): string {
  const inner = Array.isArray(element.elements) ? element.elements.filter(isRecord) : []
  switch (element.type) {
    case 'user':
      return `<@${element.user_id}>`
    case 'channel':
      return `<#${element.channel_id}>`
    case 'usergroup':
      return `<!subteam^${element.usergroup_id}>`
    case 'emoji':
      return `:${element.name}:`
    case 'link':
      return String(element.text ?? element.url ?? '')
    case 'text':
      return String(element.text ?? '')
    case 'rich_text':
    case 'rich_text_list':
      return inner.map(writtenIn).join('\n')
    default:
      return inner.map(writtenIn).join('')
  }
}
