import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { payingIsSlow, tellClients, watchedSince } from '../support/published.ts'
import { type Play, story } from '../support/story.ts'

const minute = 60_000
const day = 86_400_000

/** What the outside reads at a path. */
async function read({ stage }: Play, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${stage.app.url}${path}`, { headers, redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, text, headers: response.headers }
}

const readJson = async (play: Play, path: string) => JSON.parse((await read(play, path)).text)

/** A moment relative to now, as the clock of the story has it. */
const ago = ({ stage }: Play, milliseconds: number) => new Date(stage.clock.now().getTime() - milliseconds)

const paths = [
  '/status',
  '/status/history',
  '/status/feed.atom',
  '/status/feed.rss',
  '/status/maintenance.ics',
  '/status/subscribe',
  '/api/v2/summary.json',
  '/api/v2/status.json',
  '/api/v2/components.json',
  '/api/v2/incidents.json',
  '/api/v2/incidents/unresolved.json',
  '/api/v2/scheduled-maintenances.json',
  '/api/v2/scheduled-maintenances/upcoming.json',
  '/api/v2/scheduled-maintenances/active.json',
]

story(
  'before anything was published the page says that everything works, and is grey where nobody watched',
  async (play) => {
    const page = await read(play, '/status')

    expect(page.status).toBe(200)
    expect(page.text).toContain('Everything works')
    expect(page.text).toContain('Checkout')
    expect(page.text).toContain('class="unknown"')
    expect(page.text).toContain('Uptime is the share of the last 90 days')
  },
)

story('no page needs a script, and each forbids all of them', async (play) => {
  for (const path of ['/status', '/status/history', '/status/subscribe']) {
    // In sequence: three pages.
    const page = await read(play, path)
    expect(page.text).not.toMatch(/<script|\son\w+=|javascript:/i)
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  }
})

story('what another replica published is on the page, in the JSON and in the feeds a second later', async (play) => {
  await read(play, '/status')
  const told = { publicId: 'k3x9p2m4n8q1', name: 'Paying is slow', components: ['checkout'], level: 'partial' } as const
  await tellClients(play.stage.app.database.db, {
    ...told,
    phase: 'investigating',
    text: 'Some payments take up to a minute.',
    at: ago(play, 0),
  })
  await play.clock.advance('1s')

  const page = await read(play, '/status')
  expect(page.text).toContain('A part does not work for some')
  expect(page.text).toContain('Paying is slow')
  expect(page.text).toContain('Some payments take up to a minute.')
  const summary = await readJson(play, '/api/v2/summary.json')
  expect(summary.status).toEqual({ indicator: 'major', description: 'Partial System Outage' })
  expect(summary.incidents).toMatchObject([{ id: 'k3x9p2m4n8q1', name: 'Paying is slow', status: 'investigating' }])
  const checkout = summary.components.find((component: { name: string }) => component.name === 'Checkout')
  expect(checkout).toMatchObject({ status: 'partial_outage', group: false })
  expect((await read(play, '/status/feed.atom')).text).toContain('Paying is slow (investigating)')
  expect((await read(play, '/status/feed.rss')).text).toContain('Paying is slow (investigating)')
  expect((await read(play, '/status/incidents/k3x9p2m4n8q1')).text).toContain('Some payments take up to a minute.')
})

story('what is written in Slack is on the page once somebody else approved it, and not a word sooner', async (play) => {
  const [ana, ben] = [play.slack.person('ana'), play.slack.person('ben')]
  await ana.type('#general', '/inc new p2 checkout pods crash in eu-west-1')
  await ana.expectTold('INC-1')
  await play.slack.channel('#incidents').expectMessage('INC-1')
  const room = play.slack.channel('#inc-1-checkout-pods-crash-in-eu-west-1')
  await ana.click(await room.expectMessage('INC-1'), 'Draft client update')
  await ana.expectModal('Message to clients')
  await ana.submit(payingIsSlow)
  const review = await room.expectMessage('Message to clients 1.1', 'Waits for somebody')
  await play.clock.advance('2s')
  expect((await read(play, '/status')).text).not.toContain('Paying is slow')

  await ben.click(review, 'Approve and publish')
  await play.slack.channel('#status-updates').expectMessage('Paying is slow')
  await play.clock.advance('2s')

  const page = await read(play, '/status')
  expect(page.text).toContain('Something is slower or works less well than usual')
  expect(page.text).toContain('Paying takes up to a minute. This concerns Checkout')
  const { incidents } = await readJson(play, '/api/v2/incidents/unresolved.json')
  expect(incidents).toMatchObject([{ name: 'Paying is slow', status: 'investigating', impact: 'minor' }])
  expect(page.text + JSON.stringify(incidents)).not.toMatch(/pods|eu-west|INC-1|@ben/)
})

story('an incident that is over stands in the history, and in the bars of its day', async (play) => {
  const { db } = play.stage.app.database
  await watchedSince(db, ['checkout', 'payments', 'search'], ago(play, 60 * day), ago(play, 0))
  const told = { publicId: 'a1', name: 'Search finds nothing', components: ['search'], level: 'major' } as const
  // At noon: what lasts over midnight is divided among two days.
  const noon = ago(play, 3 * day).setUTCHours(12, 0, 0, 0)
  await tellClients(db, { ...told, phase: 'investigating', text: 'Searches fail.', at: new Date(noon) })
  await tellClients(db, { ...told, phase: 'resolved', text: 'It works again.', at: new Date(noon + 72 * minute) })
  await play.clock.advance('2s')

  const page = await read(play, '/status')
  expect(page.text).toContain('Everything works')
  expect(page.text).toContain('major outage for 1 hour 12 minutes')
  // 72 of about 59 watched days and what today has: well above 99.9 %, and not all.
  expect(page.text).toMatch(/99\.9\d % uptime/)
  const history = await read(play, '/status/history')
  expect(history.text).toContain('Search finds nothing')
  expect(history.text).toContain('1 hour 12 minutes')
  const year = ago(play, 3 * day).getUTCFullYear()
  expect(history.text).toContain(`href="/status/history/${year}"`)
  expect((await read(play, `/status/history/${year}`)).text).toContain('Search finds nothing')
  expect((await read(play, `/status/history/${year - 1}`)).status).toBe(404)
  expect((await readJson(play, '/api/v2/incidents/unresolved.json')).incidents).toEqual([])
})

story('planned work is announced without being felt, begins, and ends', async (play) => {
  const { db } = play.stage.app.database
  const told = {
    publicId: 'm1',
    kind: 'maintenance',
    name: 'A new database',
    level: 'maintenance',
    components: ['checkout'],
  } as const
  const window = { from: ago(play, -60 * minute), to: ago(play, -120 * minute) }
  await tellClients(db, { ...told, window, phase: 'scheduled', text: 'Paying pauses.', at: ago(play, 0) })
  await play.clock.advance('2s')

  expect((await read(play, '/status')).text).toContain('Everything works')
  const upcoming = await readJson(play, '/api/v2/scheduled-maintenances/upcoming.json')
  expect(upcoming.scheduled_maintenances).toMatchObject([
    {
      status: 'scheduled',
      impact: 'maintenance',
      scheduled_for: window.from.toISOString(),
      scheduled_until: window.to.toISOString(),
    },
  ])
  const stamp = window.from.toISOString().replace(/[-:]|\.\d{3}/g, '')
  expect((await read(play, '/status/maintenance.ics')).text).toContain(`DTSTART:${stamp}`)

  await play.clock.advance('1h')
  await tellClients(db, { ...told, window, phase: 'in_progress', text: 'It begins.', at: ago(play, 0) })
  await play.clock.advance('2s')
  expect((await read(play, '/status')).text).toContain('Planned work is going on')
  expect((await readJson(play, '/api/v2/status.json')).status.indicator).toBe('maintenance')

  await tellClients(db, { ...told, window, phase: 'completed', text: 'Done.', at: ago(play, 0) })
  await play.clock.advance('2s')
  expect((await read(play, '/status')).text).toContain('Everything works')
})

story('a correction stands beside what it corrects, and both stay readable', async (play) => {
  const { db } = play.stage.app.database
  const told = { publicId: 'c1', name: 'Orders are late', components: ['checkout'] } as const
  await tellClients(db, { ...told, phase: 'investigating', text: 'All orders are late.', at: ago(play, 9 * minute) })
  await tellClients(db, { ...told, phase: 'investigating', text: 'Only some are.', at: ago(play, minute), corrects: 1 })
  await play.clock.advance('2s')

  const page = await read(play, '/status/incidents/c1')
  expect(page.text).toContain('All orders are late.')
  expect(page.text).toContain('corrected later')
  expect(page.text).toContain('Corrects what we said on')
})

story(
  'nothing of a private incident, of an incident nobody told clients of, or of a draft can be read',
  async (play) => {
    const ana = play.slack.person('ana')
    await ana.type('#general', '/inc p4 canaryOpen db-7.internal is down')
    await play.slack.channel('#general').expectOnlyFor(ana, 'INC-1 is declared')
    await play.slack.channel('#incidents').expectMessage('canaryOpen')
    await play.slack.channel('#inc-1-canaryopen-db-7-internal-is-down').expectMessage('canaryOpen')
    const { db } = play.stage.app.database
    await tellClients(db, {
      publicId: 'draft1',
      name: 'canaryDraft',
      phase: 'investigating',
      text: 'canaryDraft',
      at: ago(play, 0),
      isDraft: true,
    })
    await play.clock.advance('1m')

    for (const one of [...paths, '/status/incidents/draft1', '/status/incidents/1', '/status/incidents/INC-1']) {
      // In sequence: a failure names its path.
      const { text } = await read(play, one)
      expect(text.toLowerCase(), one).not.toContain('canary')
      expect(text, one).not.toMatch(/INC-\d|inc-1-/)
    }
    expect((await read(play, '/status/incidents/draft1')).status).toBe(404)
    expect((await read(play, '/status/incidents/1')).status).toBe(404)
  },
)

story('hostile words stay words', async (play) => {
  const { db } = play.stage.app.database
  const hostile = '<script>alert(1)</script> & "quotes" <!channel> ]]>'
  await tellClients(db, {
    publicId: 'h1',
    name: hostile,
    phase: 'investigating',
    text: `${hostile}\n\n${'long '.repeat(600)}`,
    at: ago(play, 0),
  })
  await play.clock.advance('2s')

  for (const path of ['/status', '/status/history', '/status/incidents/h1', '/status/feed.atom', '/status/feed.rss']) {
    // In sequence: a failure names its path.
    expect((await read(play, path)).text, path).not.toContain('<script>')
  }
  expect((await readJson(play, '/api/v2/incidents.json')).incidents[0].name).toBe(hostile)
})

story('who has the newest page is told so, and gets nothing twice', async (play) => {
  const first = await read(play, '/api/v2/summary.json')
  const etag = first.headers.get('etag') ?? ''

  const again = await read(play, '/api/v2/summary.json', { 'if-none-match': `W/${etag}` })
  const other = await read(play, '/api/v2/summary.json', { 'if-none-match': '"another"' })

  expect(again).toMatchObject({ status: 304, text: '' })
  expect(other.status).toBe(200)
  expect(first.headers.get('access-control-allow-origin')).toBe('*')
  expect(first.headers.get('cache-control')).toContain('max-age=30')
})

const copyFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-copy-'))

story(
  'a copy of the page is kept in a folder, and changes when something is published',
  async (play) => {
    const file = (name: string) => readFileSync(path.join(copyFolder, name), 'utf8')
    await expect.poll(() => file('status/index.html')).toContain('A copy, written')
    await tellClients(play.stage.app.database.db, {
      publicId: 'x1',
      name: 'Paying is slow',
      phase: 'investigating',
      text: 'Slow.',
      at: ago(play, 0),
    })
    await play.clock.advance('6s')

    await expect.poll(() => file('status/index.html')).toContain('Paying is slow')
    await expect.poll(() => file('status/incidents/x1/index.html')).toContain('Paying is slow')
    await expect.poll(() => JSON.parse(file('api/v2/summary.json')).incidents).toHaveLength(1)
    rmSync(copyFolder, { recursive: true })
  },
  { config: (example) => example.replace('copyTo: null', `copyTo: ${copyFolder}`) },
)

story(
  'a page in German speaks German, and marks what was written in another language only',
  async (play) => {
    const { db } = play.stage.app.database
    const told = { publicId: 'd1', name: 'Bezahlen ist langsam', components: ['checkout'] } as const
    await tellClients(db, { ...told, phase: 'investigating', text: 'Only in English.', at: ago(play, minute) })
    await tellClients(db, { ...told, phase: 'identified', text: 'Es dauert.', at: ago(play, 0), locale: 'de' })
    await play.clock.advance('2s')

    const page = await read(play, '/status')

    expect(page.text).toContain('<html lang="de">')
    expect(page.text).toContain('Etwas ist langsamer oder geht schlechter als sonst')
    expect(page.text).toContain('<div lang="en"><p>Only in English.</p></div>')
    expect(page.text.match(/nicht auf Deutsch verfügbar/g)).toHaveLength(1)
    expect((await read(play, '/status/subscribe')).text).toContain('Ihre E-Mail-Adresse')
    expect((await readJson(play, '/api/v2/status.json')).status.description).toBe('Partially Degraded Service')
  },
  {
    config: (example) =>
      example
        .replace('    locale: en # Or de. Words', '    locale: de # Or de. Words')
        .replace('locales: [en]', 'locales: [en, de]'),
  },
)

story(
  'where no mail is sent nobody is offered any',
  async (play) => {
    expect((await read(play, '/status')).text).not.toContain('/status/subscribe')
    expect((await read(play, '/status/subscribe')).status).toBe(404)
  },
  { config: (example) => example.replace('takesSubscribers: true', 'takesSubscribers: false') },
)
