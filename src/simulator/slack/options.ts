/** Controls and their options, found by what a person reads on them. */
import type { SlackBlock } from '../types.ts'

export interface FoundControl {
  element: SlackBlock
  block: SlackBlock
}

/** By the visible words or the placeholder; else by what tells controls of the same words apart. */
export function controlNamed(blocks: readonly SlackBlock[], label: string, where: string): FoundControl {
  const all = controlsIn(blocks)
  const found =
    all.find((control) => wordsOn(control).includes(label)) ?? all.find((control) => marksOf(control).includes(label))
  if (found) return found
  const names = all.map((control) => `«${wordsOn(control).find(Boolean) ?? control.element.action_id}»`)
  throw new Error(`there is no «${label}» ${where}; it has: ${names.join(', ') || 'nothing to press'}`)
}

function controlsIn(blocks: readonly SlackBlock[]): FoundControl[] {
  return blocks.flatMap((block) => {
    const elements: SlackBlock[] = [
      ...(block.type === 'actions' ? (block.elements ?? []) : []),
      block.accessory,
      block.element,
    ]
    return elements.filter((element) => element?.action_id !== undefined).map((element) => ({ element, block }))
  })
}

function wordsOn({ element, block }: FoundControl): unknown[] {
  return [element.text?.text, element.placeholder?.text, block.label?.text]
}

function marksOf({ element, block }: FoundControl): unknown[] {
  return [element.action_id, element.value, `${block.block_id} ${element.action_id}`]
}

/** By its visible words or its value. */
export function optionNamed(element: SlackBlock, name: string): SlackBlock {
  const groups: SlackBlock[] = element.option_groups ?? []
  const options: SlackBlock[] = element.options ?? groups.flatMap((group) => group.options ?? [])
  const found = options.find((option) => option.text?.text === name) ?? options.find((option) => option.value === name)
  if (found) return found
  throw new Error(
    `there is no option «${name}»; it has: ${options.map((option) => `«${option.text?.text}»`).join(', ')}`,
  )
}
