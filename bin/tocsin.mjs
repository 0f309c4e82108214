#!/usr/bin/env -S node --max-semi-space-size=8
// Plain JavaScript, so that an old Node can say what is wrong instead of failing on the first type.
//
// The nursery of the garbage collector: left alone it grows to 32 MB, and a bot in a storm of alerts by 250; at its first
// megabyte a start costs a fifth more. 8 MB is as quick as any (decision 80). `npm start` and the image say the same.
import module from 'node:module'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `Tocsin needs Node 24 or newer, and this is ${process.versions.node}.\n` +
      'npm brings the right one: run `npm ci` (without --ignore-scripts), then `npm start` or `npx tocsin <command>`.\n',
  )
  process.exit(1)
}
// The second start reads compiled code from the cache: some 150 ms less.
module.enableCompileCache()
await import('../src/core/quick-imports.ts')
if (process.argv[2] === 'start') await import('../src/begin.ts')
await import('../src/cli.ts')
