/** What the desk says about commands, all of it made from their declarations. */
import { z } from 'zod'
import { context, section, sections } from '../lib/blocks.ts'
import { escapeText } from '../lib/mrkdwn.ts'
import { shorten } from '../lib/text.ts'
import { type Answer, refuse } from './call.ts'
import { type AnyCommand, type Noun, usage, verbOf } from './commands.ts'
import { button, menu } from './interactions.ts'

/** «Did you mean»: runs the line it carries. */
export const runLine = button('core.run', z.object({ line: z.string() }))
/** Chooses the subject of the command in the delivery that the menu's context names. */
export const pickSubject = menu('core.pick')

export function helpFor(noun: Noun, commands: readonly AnyCommand[], about: string | null): Answer {
  const one = commands.find((command) => verbOf(command) === about || command.aliases.includes(about ?? ''))
  if (one) return { tell: { text: explain(one), blocks: [section(explain(one))] } }
  const lines = commands.map((command) => `\`${escapeText(usage(command))}\` ${escapeText(command.summary)}`)
  const text = `*/${noun.name}* ${escapeText(noun.description)}`
  const hint = `\`/${noun.name} help <verb>\` explains one, with examples.`
  return { tell: { text, blocks: [section(text), ...sections(lines), context([hint])] } }
}

function explain(command: AnyCommand): string {
  const also = command.aliases.length > 0 ? `\nAlso: ${command.aliases.map((alias) => `\`${alias}\``).join(', ')}` : ''
  const who = command.who === 'anyone' ? 'Anyone here may.' : `Only ${command.who} may.`
  const examples = command.examples.map((example) => `• \`${escapeText(example)}\``).join('\n')
  return `*\`${escapeText(usage(command))}\`*\n${escapeText(command.summary)} ${who}${also}\n${examples}`
}

export function usageAnswer(command: AnyCommand, problem: string): Answer {
  return refuse(
    `${escapeText(problem)}. It goes \`${escapeText(usage(command))}\`, for example \`${escapeText(command.examples[0] ?? '')}\`.`,
  )
}

export function didYouMean(
  noun: Noun,
  text: string,
  found: { word: string; nearest: readonly string[]; isSingleWord: boolean },
): Answer {
  const rest = text.slice(text.indexOf(found.word) + found.word.length)
  const suggestions = found.nearest.slice(0, 3).map((verb) => shorten(`/${noun.name} ${verb}${rest}`, lineMax))
  if (noun.freeText) suggestions.push(shorten(`/${noun.name} new ${text}`, lineMax))
  const asked =
    found.nearest.length > 0
      ? `Did you mean ${found.nearest
          .slice(0, 3)
          .map((verb) => `*${verb}*`)
          .join(' or ')}?`
      : `\`/${noun.name} help\` lists what I understand.`
  const sentence = `\`${escapeText(shorten(found.word, 60))}\` is no command of /${noun.name}. ${asked}`
  const buttons = suggestions.map((line) => runLine.draw(shorten(line, 70), { line }))
  return {
    isRefusal: true,
    tell: {
      text: sentence,
      blocks: [section(sentence), ...buttons.map((element) => ({ type: 'actions', elements: [element] }))],
    },
  }
}

// A button carries at most 2,000 characters, JSON and all.
const lineMax = 900

export function picker(given: {
  kind: string
  choices: readonly { id: string; text: string }[]
  usage: string
  context: string
}): Answer {
  const question = `Which ${given.kind}? (\`${escapeText(given.usage)}\`)`
  const choices = given.choices.map((choice) => ({ value: choice.id, text: choice.text }))
  return {
    tell: {
      text: question,
      blocks: [section(question), pickSubject.draw(`Choose the ${given.kind}`, choices, given.context)],
    },
  }
}
