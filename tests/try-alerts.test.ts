/** «Make something happen» on the try page: the example of every kind of sender, by the very door that the real one uses. */
import { expect, test } from 'vitest'
import { sources } from '../src/features/alerts/sources/index.ts'
import { startTryBot } from './support/bot-process.ts'
import { freshDataFolder } from './support/made-once.ts'

interface State {
  channels: { id: string; name: string }[]
  hooks: { source: string }[]
  open: { messages: { text: string }[] } | null
}

// Each look has the whole channel drawn.
const patience = { timeout: 90_000, interval: 250 }

test('an alert of every kind of sender fires on the try page, is seen in #alerts, and ends', {
  timeout: 300_000,
}, async () => {
  const bot = await startTryBot(await freshDataFolder())
  const read = async (query = '') => (await (await fetch(`${bot.url}/try/api/state${query}`)).json()) as State
  const toWorld = async (happening: object) => {
    const headers = { 'content-type': 'application/json', origin: bot.url }
    return (
      await fetch(`${bot.url}/try/api/world`, { method: 'POST', headers, body: JSON.stringify(happening) })
    ).json()
  }
  const happen = (source: string, variant: string) => toWorld({ do: 'fire', source, variant })
  try {
    const { channels, hooks } = await read()
    const heartbeats = ['heartbeat/prometheus', 'heartbeat/nightly-backup']
    expect(hooks.map(({ source }) => source)).toEqual([...sources.map(({ name }) => name), ...heartbeats])
    const id = channels.find(({ name }) => name === 'alerts')?.id ?? ''
    const texts = async () => (await read(`?channel=${id}`)).open?.messages.map(({ text }) => text) ?? []

    for (const { name } of sources) expect(await happen(name, 'firing'), name).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, patience).toHaveLength(sources.length)
    // Slack counts edits by the minute, and this is another one.
    await toWorld({ do: 'advance', minutes: 2 })
    for (const { name } of sources)
      expect(await happen(name, 'resolved'), name).toMatchObject({ hook: { status: 200 } })
    const resolved = async () => (await texts()).filter((text) => text.startsWith('Resolved')).length
    await expect.poll(resolved, patience).toBe(sources.length)

    expect(await happen('heartbeat/prometheus', 'silence')).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, patience).toContain('Firing: No sign of life from prometheus')
    expect(await happen('heartbeat/prometheus', 'beat')).toMatchObject({ hook: { status: 200 } })
    await expect.poll(texts, patience).toContain('Resolved: No sign of life from prometheus')
    expect(await happen('nagios', 'firing')).toMatchObject({ error: expect.stringContaining('There is no source') })
  } finally {
    await bot.stop()
  }
})
