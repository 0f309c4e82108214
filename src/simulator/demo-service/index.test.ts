import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { type DemoService, startDemoService } from './index.ts'

const open: DemoService[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function demo(folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-demo-'))) {
  const service = await startDemoService({ folder, port: 0 })
  open.push(service)
  const release = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      'src/simulator/demo-service/release.ts',
      folder,
      ...words,
    ])
    return stdout
  }
  return { folder, service, release, status: async (path = '/checkout') => (await fetch(service.url() + path)).status }
}

test('the newest release is broken, and going back to the one before heals it', async () => {
  const { service, release, status } = await demo()
  expect(await status()).toBe(500)
  expect(service.status()).toBe('checkout runs v142 and is broken')

  const forecast = JSON.parse(await release('forecast')) as { after: string; inverse: unknown }
  await release('set', forecast.after)

  expect(forecast.after).toMatch(/^v141-/)
  expect(await status()).toBe(200)
  expect(service.status()).toBe('checkout runs v141 and is well')
})

test('after a restart the release runs that ran before', async () => {
  const first = await demo()
  await first.release('set', 'v141')
  await first.service.close()

  expect((await demo(first.folder)).service.status()).toBe('checkout runs v141 and is well')
})

test('a taken port is said, and the rest goes on', async () => {
  const { service } = await demo()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-demo-'))
  const second = await startDemoService({ folder, port: Number(new URL(service.url()).port) })
  open.push(second)

  expect(second.status()).toMatch(/does not run: port \d+ is taken/)
})

test('what does not exist, or runs already, is refused with what would be accepted', async () => {
  const { release } = await demo()

  expect(await release('forecast', 'v9')).toContain('Use v140, v141, v142')
  expect(await release('forecast', 'v142')).toContain('runs already')
})
