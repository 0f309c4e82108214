import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asked, dispatched, planned, testIo, untilOver } from '../../../../../tests/support/executors.ts'
import { filesIn, type Supervised } from '../../supervised/paths.ts'
import type { AnyExecutor, Io } from '../executor.ts'
import { processExecutor } from './index.ts'

const executor: AnyExecutor = processExecutor

const node = (script: string, ...args: string[]) => ['node', '-e', script, ...args]
const settings = (given: object) => executor.configSchema.parse(given)
const stateOf = (io: Io) => JSON.parse(fs.readFileSync(filesIn(io.runDir).state, 'utf8')) as Supervised
const outputOf = (io: Io) => fs.readFileSync(filesIn(io.runDir).output, 'utf8')

async function run(given: object, { io = testIo(), params = {}, more = {} } = {}) {
  const order = await planned(executor, asked(settings(given), params, more), io)
  const handle = await dispatched(executor, order, 'a1', io)
  return { io, order, handle, end: () => untilOver(executor, order, handle, io) }
}

test('a command that ends with 0 has succeeded, and its output is counted and hashed', async () => {
  const { end } = await run({ run: node('console.log("done")') })

  expect(await end()).toMatchObject({
    phase: 'succeeded',
    detail: 'exit code 0',
    tail: 'done\n',
    output: { bytes: 5, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test('a command that ends with another code has failed', async () => {
  const { end } = await run({ run: node('console.error("no disk"); process.exit(3)') })

  expect(await end()).toMatchObject({ phase: 'failed', detail: 'exit code 3', tail: 'no disk\n' })
})

test('a program that does not exist is rejected: it surely did nothing', async () => {
  const io = testIo()
  const order = await planned(executor, asked(settings({ run: ['/nowhere/release', 'set'] })), io)

  expect(await executor.dispatch(order, 'a1', io)).toEqual({
    outcome: 'rejected',
    why: 'the command could not be started: ENOENT',
  })
})

test('the same run is started once, however often it is dispatched', async () => {
  const count = path.join(testIo().homeDir, 'count')
  const { io, order, end } = await run({ run: node('fs.appendFileSync(process.argv[1], "x")', count) })

  expect(await executor.dispatch(order, 'a1', io)).toMatchObject({ outcome: 'unknown' })
  await end()
  expect(fs.readFileSync(count, 'utf8')).toBe('x')
})

test('whatever a value holds arrives as the text that it is, or is refused', async () => {
  const io = testIo()
  const config = settings({ run: node('process.stdout.write(JSON.stringify(process.argv.slice(1)))', 'set', '{to}') })
  const hostile = fc.oneof(
    fc.constantFrom('; $(id) && rm -rf /', '--help', '-rf', 'a\0b', 'a\nb', '`id`', "' or 1=1", 'é'.repeat(10_000)),
    fc.constantFrom(
      '{key}',
      '{target.service}',
      '',
      'x'.repeat(10_001),
      '../../etc/passwd',
      '\u202Etxt.exe',
      '<!channel>',
    ),
    fc.string({ maxLength: 200 }),
  )
  await fc.assert(
    fc.asyncProperty(hostile, async (to) => {
      const plan = await executor.plan(asked(config, { to }), io)
      if ('refused' in plan) {
        expect(to.startsWith('-') || to.includes('\0') || to.length > 10_000).toBe(true)
        return
      }
      expect((plan.payload as { argv: string[] }).argv.slice(-2)).toEqual(['set', to])
    }),
    { numRuns: 200 },
  )
})

test.each(['; $(id) && rm -rf /', 'a\nb', '`id`', "it's", '{key}', 'é'.repeat(10_000)])(
  'the child itself reads %j as one argument',
  async (to) => {
    const script =
      'process.stdout.write(String(process.argv[1] === Buffer.from(process.env.WANTED, "base64").toString()))'
    const env = { WANTED: Buffer.from(to).toString('base64') }
    const { end } = await run({ run: node(script, '{to}'), env }, { params: { to } })

    expect((await end()).tail).toBe('true')
  },
)

test('a command sees the environment that the catalogue names, and nothing of the bot', async () => {
  const { io, end } = await run(
    {
      run: node('console.log(Object.keys(process.env).sort().join())'),
      env: { STAGE: 'blue' },
      secrets: { TOKEN: 'RELEASE_TOKEN' },
    },
    { io: testIo({ RELEASE_TOKEN: 'hunter2-hunter2' }) },
  )
  await end()

  expect(outputOf(io)).toBe('LANG,PATH,STAGE,TOCSIN_ACTION_KEY,TOKEN,TZ\n')
})

test('secrets are blotted out before anything reaches the disk, also when they come in two pieces', async () => {
  const script = `const t = process.env.TOKEN; process.stdout.write('now ' + t.slice(0, 5));
    setTimeout(() => console.log(t.slice(5) + ' postgres://bot:pa55word@db/x'), 100)`
  const { io, end } = await run(
    { run: node(script), secrets: { TOKEN: 'RELEASE_TOKEN' } },
    { io: testIo({ RELEASE_TOKEN: 'hunter2-hunter2' }) },
  )

  expect((await end()).tail).toBe('now [redacted] postgres://bot:[redacted]@db/x\n')
  const written = fs.readdirSync(io.runDir).map((file) => fs.readFileSync(path.join(io.runDir, file), 'utf8'))
  expect(written.join()).not.toContain('hunter2')
})

test('a child that says fifty megabytes costs a few on the disk, and keeps its beginning and its end', async () => {
  const script = `const line = 'x'.repeat(999) + '\\n'; console.log('first');
    (async () => {
      for (let i = 0; i < 50_000; i++) if (!process.stdout.write(line)) await events.once(process.stdout, 'drain')
      console.log('last')
    })()`
  const { io, end } = await run({ run: node(script) })
  const progress = await end()

  expect(progress.phase).toBe('succeeded')
  expect(progress.output?.bytes).toBe(50_000_000 + 'first\nlast\n'.length)
  expect(fs.statSync(filesIn(io.runDir).output).size).toBeLessThan(4 * 1024 * 1024)
  expect(outputOf(io).startsWith('first\n')).toBe(true)
  expect(progress.tail.endsWith('last\n')).toBe(true)
})

test('stopping ends the whole group, also those who do not listen', async () => {
  const script = `process.on('SIGTERM', () => {});
    const c = require('child_process').spawn('/bin/sleep', ['600']); console.log(c.pid); setInterval(() => {}, 1000)`
  const { io, order, handle, end } = await run({ run: node(script), graceSeconds: 0.3 })
  await expect.poll(() => outputOf(io)).toMatch(/\d+\n/)
  const grandchild = Number(outputOf(io))

  await executor.stop(order, handle, io)

  expect(await end()).toMatchObject({ phase: 'stopped', detail: 'stopped, ended by SIGKILL' })
  await expect.poll(() => fs.existsSync(`/proc/${grandchild}/exe`)).toBe(false)
})

test('when its time is up it is ended, and nobody claims to know what it did', async () => {
  const { end } = await run(
    { run: node('setInterval(() => {}, 1000)'), graceSeconds: 1 },
    { more: { timeoutSeconds: 0.5 } },
  )

  expect(await end()).toMatchObject({ phase: 'unknown', detail: expect.stringContaining('time was up') })
})

test('the work goes on when the bot is killed, and the next bot hears how it ended', async () => {
  const io = testIo()
  const script = `
    import { processExecutor as e } from '${path.resolve('src/features/actions/executors/process/index.ts')}'
    const io = { secrets: () => '', now: () => new Date(), signal: new AbortController().signal, runDir: process.argv[1], homeDir: process.argv[1] }
    const config = e.configSchema.parse({ run: ['node', '-e', 'setTimeout(() => console.log("done"), 1500)'] })
    const asked = { config, target: { key: 'a/b', service: 'a', environment: 'b' }, params: {}, timeoutSeconds: 60 }
    await e.dispatch({ ...asked, plan: await e.plan(asked, io) }, 'a1', io)
    process.kill(process.pid, 'SIGKILL')`
  const bot = spawn(process.execPath, ['--input-type=module', '-e', script, io.runDir], { stdio: 'ignore' })
  const [, signal] = await new Promise<[unknown, string]>((resolve) =>
    bot.once('exit', (...how) => resolve(how as never)),
  )
  expect(signal).toBe('SIGKILL')

  const order = await planned(executor, asked(settings({ run: node('') })), testIo())
  expect(await executor.reconcile(order, 'a1', io)).toEqual({ found: 'handle', handle: { key: 'a1' } })
  expect(await executor.poll(order, { key: 'a1' }, io)).toMatchObject({ phase: 'running' })
  expect(await untilOver(executor, order, { key: 'a1' }, io)).toMatchObject({ phase: 'succeeded', tail: 'done\n' })
})

test('a run whose supervisor was killed is unknown, while its command runs on', async () => {
  const { io, order, handle } = await run({ run: node('setInterval(() => {}, 1000)') })
  const state = stateOf(io)
  process.kill(state.supervisor.pid, 'SIGKILL')

  await expect
    .poll(() => executor.poll(order, handle, io))
    .toMatchObject({
      phase: 'unknown',
      detail: expect.stringMatching(/runs on without its supervisor|supervisor died/),
    })
  if (state.phase === 'running') process.kill(-state.child.pid, 'SIGKILL')
})

test('what was prepared here and never begun is proven not to have begun, and never begins afterwards', async () => {
  const io = testIo()
  const order = await planned(executor, asked(settings({ run: node('') })), io)
  await executor.observe(order, io)

  expect(await executor.reconcile(order, 'a1', io)).toEqual({ found: 'nothing' })

  // Somebody died right after writing the order. Its supervisor may still be on its way: the claim shuts it out.
  fs.writeFileSync(filesIn(io.runDir).order, '{}')
  expect(await executor.reconcile(order, 'a1', io)).toEqual({ found: 'nothing' })
  expect(fs.existsSync(filesIn(io.runDir).claim)).toBe(true)
})

test('an empty folder on another machine proves nothing', async () => {
  const order = await planned(executor, asked(settings({ run: node('') })), testIo())

  expect(await executor.reconcile(order, 'a1', testIo())).toMatchObject({ found: 'unknown' })
})

test('a forecast resolves what was asked to what will be done, and is asked again before it is done', async () => {
  const folder = testIo().homeDir
  fs.writeFileSync(path.join(folder, 'now'), 'v3')
  const forecast = `const now = fs.readFileSync(process.argv[1] + '/now', 'utf8'); console.log(JSON.stringify({
    before: now, after: 'v2-9f', blastRadius: 'all', observed: { now }, resolved: { release: 'v2-9f' }, inverse: { params: { to: now } } }))`
  const config = settings({ run: ['/bin/echo', '{resolved.release}'], forecast: node(forecast, folder, '{to}') })
  const io = testIo()
  const order = await planned(executor, asked(config), io)

  expect(order.plan).toMatchObject({ before: 'v3', after: 'v2-9f', payload: { argv: ['/bin/echo', 'v2-9f'] } })
  expect(await executor.observe(order, io)).toEqual(order.plan.observed)
  fs.writeFileSync(path.join(folder, 'now'), 'v4')
  expect(await executor.observe(order, io)).not.toEqual(order.plan.observed)
})

test('a forecast that says no, fails or babbles gives no plan, and the reason', async () => {
  const refused = async (script: string) =>
    executor.plan(asked(settings({ run: ['/bin/true'], forecast: node(script) })), testIo())

  expect(await refused('console.log(JSON.stringify({ refused: "v9 does not exist." }))')).toEqual({
    refused: 'v9 does not exist.',
  })
  expect(await refused('console.error("no access"); process.exit(7)')).toEqual({
    refused: 'The forecast ended with 7: no access',
  })
  expect(await refused('console.log("hello")')).toMatchObject({ refused: expect.stringContaining('not understood') })
})

test('a program must be named by its absolute path, and cannot be a parameter', () => {
  expect(executor.configSchema.safeParse({ run: ['release', 'set'] }).success).toBe(false)
  expect(executor.configSchema.safeParse({ run: ['/{to}', 'set'] }).success).toBe(false)
})
