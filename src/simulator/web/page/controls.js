/**
 * What the controls of a message or form are called, and what they offer. The server's hands find a control by its
 * action_id or visible words, and where several share both, as the steps of a runbook do, by its value.
 */

export function nameOfControl(element, block, blocks) {
  const controls = controlsIn(blocks)
  const isOnly = (read) => read(element) && controls.filter((one) => read(one) === read(element)).length === 1
  const names = [(one) => one.action_id, wordsOf, (one) => one.value]
  const found = names.find(isOnly)
  return found ? found(element) : `${block.block_id} ${element.action_id}`
}

function controlsIn(blocks) {
  return blocks.flatMap((block) => [...(block.elements ?? []), block.accessory]).filter((one) => one?.action_id)
}

export function wordsOf(element) {
  return element.text?.text ?? element.placeholder?.text ?? ''
}

export function optionsOf(element) {
  return element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? [])
}

/** What is chosen before anybody chose, as a list of values. */
export function initialValues(element) {
  const one =
    element.initial_option?.value ?? element.initial_user ?? element.initial_channel ?? element.initial_conversation
  if (one !== undefined) return [one]
  const options = element.initial_options?.map((option) => option.value)
  return options ?? element.initial_users ?? element.initial_channels ?? element.initial_conversations ?? []
}
