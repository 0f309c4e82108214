#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what is wrong instead of failing on the first type.
import module from 'node:module'
import v8 from 'node:v8'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `Tocsin needs Node 24 or newer, and this is ${process.versions.node}.\n` +
      'npm brings the right one: run `npm ci` (without --ignore-scripts), then `npm start` or `npx tocsin <command>`.\n',
  )
  process.exit(1)
}
// Starting makes much garbage once, and the process would stay as large as the nursery then became. A bot with a database
// server has room for a larger one, which a storm of webhooks thanks it for.
v8.setFlagsFromString(`--max-semi-space-size=${process.env.DATABASE_URL ? 16 : 4}`)
// The second start reads compiled code from the cache: some 150 ms less.
module.enableCompileCache()
await import('../src/cli.ts')
