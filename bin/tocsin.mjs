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
// A nursery that may grow to its sixteen megabytes doubled the memory of a bot in a storm of alerts, for no webhook more;
// one that stays as small as it begins makes a start a fifth longer.
v8.setFlagsFromString('--max-semi-space-size=4')
// The second start reads compiled code from the cache: some 150 ms less.
module.enableCompileCache()
await import('../src/quick-imports.ts')
if (process.argv[2] === 'start') await import('../src/begin.ts')
await import('../src/cli.ts')
