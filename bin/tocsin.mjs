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
// A nursery that never grows is emptied often and keeps a bot with a database server small: 220 MB in a storm of alerts
// instead of 480, and as many webhooks a second. Elsewhere a quick start is worth a few megabytes.
v8.setFlagsFromString(process.env.DATABASE_URL ? '--semi-space-growth-factor=1' : '--max-semi-space-size=4')
// The second start reads compiled code from the cache: some 150 ms less.
module.enableCompileCache()
await import('../src/quick-imports.ts')
if (process.argv[2] === 'start') await import('../src/begin.ts')
await import('../src/cli.ts')
