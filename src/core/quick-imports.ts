/**
 * Two thousand modules are read at a start, and Node asks of each where it is and of what kind: it looks for a
 * package.json in every folder above, and reads drizzle's, a hundred kilobytes, again for each of its files. That was two
 * fifths of the work of a start. Where the answer stands in the import itself, it is given at once; and where a package
 * is, is asked once for all of our files.
 */
import { type ResolveFnOutput, registerHooks } from 'node:module'

const ours = new URL('../', import.meta.url).href
const drizzle = '/node_modules/drizzle-orm/'

const packages = new Map<string, ResolveFnOutput>()

registerHooks({
  resolve(specifier, { parentURL = '', ...context }, next) {
    const format = formatOf(specifier, parentURL)
    if (format) return { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
    if (!parentURL.startsWith(ours) || specifier.startsWith('.')) return next(specifier, { parentURL, ...context })
    const found = packages.get(specifier) ?? { ...next(specifier, { parentURL, ...context }), shortCircuit: true }
    packages.set(specifier, found)
    return found
  },
})

function formatOf(specifier: string, parentUrl: string): string | null {
  if (!specifier.startsWith('.')) return null
  if (specifier.endsWith('.ts') && parentUrl.startsWith(ours)) return 'module-typescript'
  return specifier.endsWith('.js') && parentUrl.includes(drizzle) && parentUrl.endsWith('.js') ? 'module' : null
}
