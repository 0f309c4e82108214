/**
 * What may be meant by what is being typed: a slash command at the start of the line, a person after @, a channel
 * after #. Pure, so that it can be tested without a keyboard.
 *
 * @typedef {{ insert: string, label: string, hint: string, detail: string }} Suggestion
 * @typedef {{ from: number, to: number, kind: string, suggestions: Suggestion[] }} Completion
 */

const suggestionsMax = 8

/** @returns {Completion | null} */
export function completionAt(text, caret, world) {
  const before = text.slice(0, caret)
  const slash = /^\/(\S*)$/.exec(before)
  if (slash) return completion('commands', 0, caret, commandsLike(before, world))
  const sign = /(?:^|\s)([@#])([\w.-]*)$/.exec(before)
  if (!sign) return null
  const [, mark, begun] = sign
  const from = caret - begun.length - 1
  if (mark === '@') return completion('people', from, caret, peopleLike(begun, world))
  return completion('channels', from, caret, channelsLike(begun, world))
}

function completion(kind, from, to, suggestions) {
  return suggestions.length === 0 ? null : { kind, from, to, suggestions: suggestions.slice(0, suggestionsMax) }
}

function commandsLike(begun, { commands }) {
  const wanted = begun.toLowerCase()
  const like = commands.filter(({ command }) => command.startsWith(wanted))
  // Where nothing begins like this, the middle counts: /cid finds /incident.
  const found = like.length > 0 ? like : commands.filter(({ command }) => command.includes(wanted.slice(1)))
  return found.map(({ command, hint, description }) => ({
    insert: `${command} `,
    label: command,
    hint,
    detail: description,
  }))
}

function peopleLike(begun, { people }) {
  const wanted = begun.toLowerCase()
  return people
    .filter((person) => person.kind !== 'deactivated')
    .filter(({ name, realName }) =>
      [name, ...realName.split(' ')].some((word) => word.toLowerCase().startsWith(wanted)),
    )
    .map(({ name, realName, title }) => ({
      insert: `@${name} `,
      label: realName || name,
      hint: `@${name}`,
      detail: title,
    }))
}

function channelsLike(begun, { channels }) {
  const wanted = begun.toLowerCase()
  return channels
    .filter((channel) => channel.kind !== 'dm' && !channel.isArchived && channel.name.includes(wanted))
    .map(({ name, topic }) => ({ insert: `#${name} `, label: `#${name}`, hint: '', detail: topic }))
}

/** The command that is being written, once its name is complete: what Slack shows above the line then. */
export function usageOf(text, { commands }) {
  const [, name] = /^(\/\S+)\s/.exec(text) ?? []
  return commands.find(({ command }) => command === name) ?? null
}
