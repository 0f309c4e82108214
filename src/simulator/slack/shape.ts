/**
 * What a value must look like, and Slack's sentences for what is wrong with it. Schemas are closed, as Slack's are: a
 * field that is not known is refused like one that is wrong. Each sentence ends with a JSON pointer.
 */
export type Shape = (value: unknown, at: string) => string[]

export type Fields = Readonly<Record<string, Shape>>

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Spaces alone count as nothing, because nobody would see them. */
export function words(max: number, min = 1): Shape {
  return (value, at) => {
    if (typeof value !== 'string') return problem('must be a string', at)
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, at)
    if (min > 0 && value.trim().length < min) return problem(`must be more than ${min - 1} characters`, at)
    return []
  }
}

export function matching(pattern: RegExp, wanted: string): Shape {
  return (value, at) => (typeof value === 'string' && pattern.test(value) ? [] : problem(`must be ${wanted}`, at))
}

export function wholeNumber(min: number, max: number): Shape {
  return (value, at) => {
    if (!Number.isInteger(value)) return problem('must be an integer', at)
    return Number(value) >= min && Number(value) <= max ? [] : problem(`must be between ${min} and ${max}`, at)
  }
}

export function flag(value: unknown, at: string): string[] {
  return typeof value === 'boolean' ? [] : problem('must be a boolean', at)
}

export function oneOf(...allowed: readonly string[]): Shape {
  return (value, at) =>
    allowed.includes(String(value)) ? [] : problem(`must be one of the following: ${allowed.join(', ')}`, at)
}

export function list(each: Shape, { min = 1, max }: { min?: number; max: number }): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return problem('must be an array', at)
    const count = [
      ...(value.length < min ? problem(`no fewer than ${min} items allowed`, at) : []),
      ...(value.length > max ? problem(`no more than ${max} items allowed`, at) : []),
    ]
    return [...count, ...value.flatMap((item, index) => each(item, `${at}/${index}`))]
  }
}

/** `rule` is asked about the whole once its fields are in order. */
export function record(
  required: Fields,
  optional: Fields = {},
  rule?: (value: Record<string, unknown>, at: string) => string[],
): Shape {
  const known = { ...required, ...optional }
  return (value, at) => {
    if (!isRecord(value)) return problem('must be an object', at)
    const unknown = Object.keys(value).filter((key) => !(key in known))
    const missing = Object.keys(required).filter((key) => value[key] === undefined)
    const found = [
      ...unknown.flatMap((key) => problem(`invalid additional property: ${key}`, at)),
      ...missing.flatMap((key) => problem(`missing required field: ${key}`, at)),
      ...Object.entries(known).flatMap(([key, shape]) =>
        value[key] === undefined ? [] : shape(value[key], `${at}/${key}`),
      ),
    ]
    return found.length > 0 || !rule ? found : rule(value, at)
  }
}

/** One of several kinds, told apart by `type`. */
export function kinds(known: Fields): Shape {
  return (value, at) => {
    if (!isRecord(value)) return problem('must be an object', at)
    const shape = Object.hasOwn(known, String(value.type)) ? known[String(value.type)] : undefined
    if (!shape) return problem(`unsupported type: ${String(value.type)}`, `${at}/type`)
    return shape(value, at)
  }
}

/** Where Slack tries several schemas it first says that none of them fits. */
export function tried(shape: Shape): Shape {
  return (value, at) => {
    const found = shape(value, at)
    return found.length === 0 ? [] : [...problem('failed to match all allowed schemas', at), ...found]
  }
}

export function unique(items: readonly unknown[], field: string, at: (index: number) => string): string[] {
  const seen = new Set<unknown>()
  return items.flatMap((item, index) => {
    const id = isRecord(item) ? item[field] : undefined
    if (id === undefined) return []
    const isRepeated = seen.has(id)
    seen.add(id)
    return isRepeated ? problem(`\`${field}\` already exists`, `${at(index)}/${field}`) : []
  })
}

export function problem(sentence: string, at: string): string[] {
  return [`${sentence} [json-pointer:${at}]`]
}
