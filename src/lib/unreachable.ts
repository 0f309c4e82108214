/** The last line of every `switch` over a union: adding a case makes the compiler point here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
