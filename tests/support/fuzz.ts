/** Payloads as nobody should send them: spoiled, in another order, with words that mean harm. */
import fc from 'fast-check'

/** What people put into labels, names and titles to see what happens. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<!here|here>',
    '<@U0ANA00001>',
    '<https://evil.example|https://grafana.example.com>',
    '\u202egpj.exe',
    '\u0000\u0007',
    '\ud800',
    '*bold* _it_ ~no~ `code` ```block```',
    '&lt;!channel&gt;',
    'javascript:alert(1)',
    "'; drop table alerts; --",
    '{{constructor.constructor("return process")()}}',
    '__proto__',
    '🔥'.repeat(200),
    'long '.repeat(800),
    '',
    ' ',
    '0001-01-01T00:00:00Z',
    '9999-99-99T99:99:99Z',
  ),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
)

/** The example with one to three of its values, at any depth, replaced or taken out. */
export function mutated(example: unknown, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const paths = pathsOf(example)
  const change = fc.record({ path: fc.constantFrom(...paths), value, isGone: fc.boolean() })
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce<unknown>((body, { path, value, isGone }) => put(body, path, value, isGone), example),
    )
}

/** The same fields in another order, in every object of it. */
export function shuffled(example: unknown): fc.Arbitrary<unknown> {
  return fc.infiniteStream(fc.nat(1_000_000)).map((numbers) => {
    const next = () => Number(numbers.next().value)
    const turn = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turn)
      if (typeof value !== 'object' || value === null) return value
      const drawn = Object.entries(value).map(([name, inner]) => ({ at: next(), name, inner: turn(inner) }))
      return Object.fromEntries(drawn.toSorted((a, b) => a.at - b.at).map(({ name, inner }) => [name, inner]))
    }
    return turn(example)
  })
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [...(path.length === 0 ? [] : [path]), ...inner.flatMap(([step, one]) => pathsOf(one, [...path, step]))]
}

function put(body: unknown, [step, ...rest]: Path, value: unknown, isGone: boolean): unknown {
  if (step === undefined) return value
  if (Array.isArray(body)) {
    const index = Number(step)
    // An earlier change may have taken it away.
    if (!(index < body.length)) return body
    if (isGone && rest.length === 0) return body.toSpliced(index, 1)
    return body.with(index, put(body[index], rest, value, isGone))
  }
  if (typeof body !== 'object' || body === null) return body
  const { [step]: old, ...others } = body as Record<string, unknown>
  return isGone && rest.length === 0 ? others : { ...others, [step]: put(old, rest, value, isGone) }
}
