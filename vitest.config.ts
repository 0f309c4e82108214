import { defineConfig } from 'vitest/config'
import { WaitersFirst } from './tests/support/order.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    globalSetup: ['tests/support/postgres.ts'],
    // Stories wait for Slack’s pace more than they compute: so many keep two cores at work.
    maxWorkers: 5,
    // The embedded database of a test is gone before optimised code of it would pay; and packages are found as in a start.
    execArgv: ['--liftoff-only', '--import=./src/core/quick-imports.ts'],
    sequence: { sequencer: WaitersFirst },
    // Nothing here keeps state in a module, and every file would otherwise read the whole bot again.
    isolate: false,
    testTimeout: 60_000,
    // A machine that others use too is slow at times; what does not come at all is found all the same.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
  },
})
