/**
 * Forms. A modal is declared once: what it remembers (`meta`, in Slack's private metadata), what may be entered
 * (`values`, by field), how it looks, and what happens on submit.
 */
import { z } from 'zod'
import type { Answer, Call } from './call.ts'
import type { Block } from './effects.ts'
import type { FormValues } from './heard.ts'
import type { Who } from './permissions.ts'

/** As Slack's views.open takes it. */
export interface ModalView {
  type: 'modal'
  callback_id: string
  private_metadata: string
  title: { type: 'plain_text'; text: string }
  submit: { type: 'plain_text'; text: string }
  close: { type: 'plain_text'; text: string }
  blocks: readonly Block[]
}

export interface Modal<Meta, Values> {
  id: string
  /** Draws the form; `start` pre-fills it. */
  open(meta: Meta, start?: Partial<Values>): ModalView
}

export interface ModalSpec<Meta extends z.ZodType, Values extends z.ZodObject> {
  id: string
  title: string
  submit: string
  who: Who
  meta: Meta
  /** Each key is a field's name, which is the block's id. Errors are shown at their field. */
  values: Values
  blocks(meta: z.infer<Meta>, start: Partial<z.infer<Values>>): readonly Block[]
  run(call: Call, submitted: { meta: z.infer<Meta>; values: z.infer<Values> }): Promise<Answer>
}

/** A modal of which only the id is known: what the registry holds. */
export interface AnyModal {
  id: string
  who: Who
  /** Errors by field, or null. Pure and quick: Slack waits for it. */
  check(values: FormValues): Record<string, string> | null
  run(call: Call, meta: string, values: FormValues): Promise<Answer>
}

export function modal<Meta extends z.ZodType, Values extends z.ZodObject>(
  spec: ModalSpec<Meta, Values>,
): Modal<z.infer<Meta>, z.infer<Values>> & AnyModal {
  return {
    id: spec.id,
    who: spec.who,
    open: (meta, start = {}) => ({
      type: 'modal',
      callback_id: spec.id,
      private_metadata: JSON.stringify(meta),
      title: plain(spec.title),
      submit: plain(spec.submit),
      close: plain('Cancel'),
      blocks: spec.blocks(meta, start),
    }),
    check(values) {
      const parsed = spec.values.safeParse(values)
      if (parsed.success) return null
      return Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]))
    },
    run(call, meta, values) {
      const remembered = spec.meta.parse(JSON.parse(meta))
      return spec.run(call, { meta: remembered, values: spec.values.parse(values) })
    },
  }
}

function plain(text: string) {
  return { type: 'plain_text', text } as const
}

/** A text that must be given; what is only spaces is nothing. */
export function requiredText(whatIsMissing: string, max = 3_000) {
  return z.string({ error: whatIsMissing }).trim().min(1, whatIsMissing).max(max, `At most ${max} characters.`)
}

export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text?.trim() ?? '')

export interface InputField {
  name: string
  label: string
  hint?: string
  isOptional?: boolean
  element: Block
}

export function input({ name, label, hint, isOptional, element }: InputField): Block {
  return {
    type: 'input',
    block_id: name,
    optional: isOptional ?? false,
    label: plain(label),
    element: { ...element, action_id: name },
    ...(hint ? { hint: plain(hint) } : {}),
  }
}

export function textInput(
  start: string | undefined,
  options: { isMultiline?: boolean; placeholder?: string; max?: number } = {},
): Block {
  return {
    type: 'plain_text_input',
    multiline: options.isMultiline ?? false,
    max_length: options.max ?? 3_000,
    ...(start ? { initial_value: start.slice(0, options.max ?? 3_000) } : {}),
    ...(options.placeholder ? { placeholder: plain(options.placeholder) } : {}),
  }
}

export interface Choice {
  value: string
  text: string
  description?: string
}

export function choiceInput(
  choices: readonly Choice[],
  start: string | undefined,
  type: 'radio_buttons' | 'static_select',
): Block {
  const options = choices.map(option)
  const initial = options.find((candidate) => candidate.value === start)
  return { type, options, ...(initial ? { initial_option: initial } : {}) }
}

export function option({ value, text, description }: Choice) {
  return { value, text: plain(text), ...(description ? { description: plain(description) } : {}) }
}
