/**
 * The status page as people meet it, in a real browser: held against WCAG 2.1 AA by axe, on a desk and on a telephone, in
 * the light and in the dark. With PICTURES=<folder> the pictures of the documentation are taken on the way.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserFor } from '../support/browser.ts'
import { tellClients, watchedSince } from '../support/published.ts'
import { openStage, type Stage } from '../support/stage.ts'

const openBrowser = browserFor('the status page')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const widget = readFileSync(createRequire(import.meta.url).resolve('statuspage-widget'), 'utf8')
const state = {} as { stage: Stage; browser: Browser }
const [minute, day] = [60_000, 86_400_000]

/** A few weeks with something to show, and an evening on which checkout is slow. */
async function fillWithHistory({ app, clock }: Stage): Promise<void> {
  const { db } = app.database
  const ago = (milliseconds: number) => new Date(clock.now().getTime() - milliseconds)
  await watchedSince(db, ['checkout', 'payments', 'search'], ago(74 * day), ago(0))
  const past = [
    { publicId: 'p1', name: 'Search finds too little', components: ['search'], level: 'partial', days: 33, lasted: 50 },
    {
      publicId: 'p2',
      name: 'Nobody can pay',
      components: ['payments', 'checkout'],
      level: 'major',
      days: 12,
      lasted: 23,
    },
    {
      publicId: 'p3',
      name: 'Orders are confirmed late',
      components: ['checkout'],
      level: 'degraded',
      days: 5,
      lasted: 190,
    },
  ] as const
  for (const { days, lasted, ...told } of past) {
    // In sequence: each is a story of its own.
    await tellClients(db, { ...told, phase: 'investigating', text: 'We look into it.', at: ago(days * day) })
    await tellClients(db, {
      ...told,
      phase: 'resolved',
      text: 'It works again. No data was lost.',
      at: ago(days * day - lasted * minute),
    })
  }
  const slow = {
    publicId: 'k3x9p2m4n8q1',
    name: 'Paying is slow',
    components: ['checkout'],
    level: 'degraded',
  } as const
  await tellClients(db, {
    ...slow,
    phase: 'investigating',
    text: 'Some payments take up to a minute. We look into it, and write again within twenty minutes.',
    at: ago(31 * minute),
  })
  await tellClients(db, {
    ...slow,
    phase: 'identified',
    text: 'A part of our payment system is overloaded. Payments are not lost: whoever waits is served. We are adding capacity.',
    at: ago(12 * minute),
  })
  await tellClients(db, {
    publicId: 'm1',
    kind: 'maintenance',
    name: 'A new search index',
    components: ['search'],
    level: 'maintenance',
    phase: 'scheduled',
    text: 'For about ten minutes, searches find what was there the evening before.',
    at: ago(2 * day),
    window: { from: ago(-2 * day), to: ago(-2 * day - 30 * minute) },
  })
  clock.advance(2_000)
}

describe.skipIf(!openBrowser)('the status page', () => {
  beforeAll(async () => {
    state.stage = await openStage()
    await fillWithHistory(state.stage)
    if (openBrowser) state.browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await state.browser?.close()
    await state.stage?.close()
  })

  async function open(to: string, look: { isPhone: boolean; isDark: boolean }): Promise<Page> {
    const context = await state.browser.newContext({
      viewport: look.isPhone ? { width: 390, height: 844 } : { width: 900, height: 1100 },
      colorScheme: look.isDark ? 'dark' : 'light',
      // Only for axe, which is put into the page: the page itself has no script, and its policy would run none.
      bypassCSP: true,
    })
    const page = await context.newPage()
    await page.goto(`${state.stage.app.url}${to}`)
    return page
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe)
    return page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      const found = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    })
  }

  const looks = [
    { isPhone: false, isDark: false, name: 'desktop-light' },
    { isPhone: false, isDark: true, name: 'desktop-dark' },
    { isPhone: true, isDark: false, name: 'phone-light' },
    { isPhone: true, isDark: true, name: 'phone-dark' },
  ]
  const paths = ['/status', '/status/history', '/status/incidents/k3x9p2m4n8q1', '/status/subscribe']

  test.each(looks)(
    'is readable for everybody, $name: axe finds nothing, and nothing is wider than the screen',
    {
      timeout: 60_000,
    },
    async (look) => {
      for (const to of paths) {
        // In sequence: a failure names its page.
        const page = await open(to, look)
        expect(await violations(page), to).toEqual([])
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect(overflow, to).toBeLessThanOrEqual(0)
        const { PICTURES } = process.env
        if (PICTURES && to === '/status')
          await page.screenshot({ path: path.join(PICTURES, `status-${look.name}.png`) })
        await page.context().close()
      }
    },
  )

  test('its own policy lets its style in and nothing else, and no script is missed', { timeout: 30_000 }, async () => {
    const context = await state.browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('requestfailed', (request) => complaints.push(request.url()))
    await page.goto(`${state.stage.app.url}/status`)
    expect(await page.evaluate('getComputedStyle(document.querySelector(".now")).borderLeftWidth')).toBe('8px')
    await page.getByRole('listitem').filter({ hasText: 'Checkout' }).locator('summary').click()
    await page.getByText('degraded performance for').first().waitFor()
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('Nobody can pay').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('somebody subscribes with the keyboard alone, and chooses only where a choice counts', {
    timeout: 30_000,
  }, async () => {
    const page = await open('/status/subscribe', { isPhone: true, isDark: false })
    expect(await page.getByLabel('Checkout').isVisible()).toBe(false)
    await page.getByLabel('Only what I choose').focus()
    await page.keyboard.press('Space')
    await page.getByLabel('Checkout').focus()
    await page.keyboard.press('Space')
    expect(await page.getByLabel('Checkout').isChecked()).toBe(true)
    await page.getByLabel('Your e-mail address').focus()
    await page.keyboard.type('eve@client.example')
    await page.keyboard.press('Enter')
    await page.getByText('a mail with a link is on its way').waitFor()
    await expect
      .poll(() => state.stage.simulator.mailbox.mails().map(({ text }) => text))
      .toEqual([expect.stringContaining('Checkout')])
    await page.context().close()
  })

  test('on paper everything that matters is there, without the ways to other pages', { timeout: 30_000 }, async () => {
    const page = await open('/status', { isPhone: false, isDark: true })
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('navigation').isVisible()).toBe(false)
    expect(await page.getByText('Paying is slow').first().isVisible()).toBe(true)
    await page.context().close()
  })

  /** The package as it is published, on the page of somebody who shows the state of what they use. */
  async function somebodyElsesSite(): Promise<{ page: Page; close(): Promise<void> }> {
    const server = http.createServer((_req, res) => res.setHeader('content-type', 'text/html').end('<body></body>'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const page = await (await state.browser.newContext()).newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    // What the original's own script offers: the widget asks it for the state, and it reads the JSON across sites.
    const json = `${state.stage.app.url}/api/v2/status.json`
    await page.addScriptTag({
      content: `const StatusPage = { page: function () {
        this.status = ({ success }) => fetch('${json}', { cache: 'no-store' }).then((answer) => answer.json()).then(success)
      } }`,
    })
    await page.addScriptTag({ content: widget })
    const close = async () => {
      await page.context().close()
      server.closeAllConnections()
      server.close()
    }
    return { page, close }
  }

  async function widgetShows(page: Page): Promise<string> {
    await page.evaluate(
      "document.querySelector('.status-page-container')?.remove(); new StatusPageWidget('ours', { alwaysShow: true })",
    )
    const link = page.locator('.status-page-link')
    await link.waitFor()
    return `${await link.getAttribute('class')}: ${await link.textContent()}`
  }

  test('a widget that was written for Statuspage shows on another site how we are', { timeout: 30_000 }, async () => {
    const { app, clock } = state.stage
    const { page, close } = await somebodyElsesSite()
    const told = {
      publicId: 'w1',
      name: 'Nobody can pay',
      components: ['payments', 'checkout', 'search'],
      level: 'major',
    } as const
    const tell = async (phase: 'investigating' | 'resolved', publicId = 'w1') => {
      await tellClients(app.database.db, {
        ...told,
        publicId,
        phase,
        text: 'Nothing works. We look into it.',
        at: clock.now(),
      })
      clock.advance(2_000)
    }
    await expect.poll(() => widgetShows(page)).toContain('status-page-indicator-minor: Partially Degraded Service')
    await tell('investigating')
    await expect.poll(() => widgetShows(page)).toContain('status-page-indicator-critical: Major Service Outage')
    await tell('resolved')
    await tell('resolved', 'k3x9p2m4n8q1')
    await expect.poll(() => widgetShows(page)).toContain('status-page-indicator-none: All Systems Operational')
    await close()
  })
})
