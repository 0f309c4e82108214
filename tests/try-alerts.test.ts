/** «Make something happen» on the try page: the example of every kind of sender, by the very door that the real one uses. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { sources } from '../src/features/alerts/sources/index.ts'
import { startTryBot } from './support/bot-process.ts'

interface State {
  channels: { id: string; name: string }[]
  hooks: { source: string }[]
  open: { messages: { text: string }[] } | null
}

test('an alert of every kind of sender fires on the try page, is seen in #alerts, and ends', {
  timeout: 180_000,
}, async () => {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-try-alerts-'))
  const bot = await startTryBot(dataFolder)
  const read = async (query = '') => (await (await fetch(`${bot.url}/try/api/state${query}`)).json()) as State
  const happen = async (source: string, variant: string) => {
    const body = JSON.stringify({ do: 'fire', source, variant })
    const headers = { 'content-type': 'application/json', origin: bot.url }
    return (await fetch(`${bot.url}/try/api/world`, { method: 'POST', headers, body })).json()
  }
  try {
    const { channels, hooks } = await read()
    const heartbeats = ['heartbeat/prometheus', 'heartbeat/nightly-backup']
    expect(hooks.map(({ source }) => source)).toEqual([...sources.map(({ name }) => name), ...heartbeats])
    const id = channels.find(({ name }) => name === 'alerts')?.id ?? ''
    const texts = async () => (await read(`?channel=${id}`)).open?.messages.map(({ text }) => text) ?? []

    for (const { name } of sources) expect(await happen(name, 'firing'), name).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, { timeout: 90_000 }).toHaveLength(sources.length)
    for (const { name } of sources)
      expect(await happen(name, 'resolved'), name).toMatchObject({ hook: { status: 200 } })
    const resolved = async () => (await texts()).filter((text) => text.startsWith('Resolved')).length
    await expect.poll(resolved, { timeout: 60_000 }).toBe(sources.length)

    expect(await happen('heartbeat/prometheus', 'silence')).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, { timeout: 30_000 }).toContain('Firing: No sign of life from prometheus')
    expect(await happen('heartbeat/prometheus', 'beat')).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, { timeout: 30_000 }).toContain('Resolved: No sign of life from prometheus')
    expect(await happen('nagios', 'firing')).toMatchObject({ error: expect.stringContaining('There is no source') })
  } finally {
    await bot.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
