/** Nobody takes the lead, phones ring, somebody acknowledges, the card shows it: in a real browser, with nothing configured. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BotProcess, startTryBot } from '../support/bot-process.ts'
import { browserFor } from '../support/browser.ts'
import { freshDataFolder } from '../support/made-once.ts'

const openBrowser = browserFor('being paged')
const state = {} as { bot: BotProcess; browser: Browser }
const patience = { timeout: 20_000 }

describe.skipIf(!openBrowser)('the phone', () => {
  beforeAll(async () => {
    state.bot = await startTryBot(await freshDataFolder())
    if (openBrowser) state.browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await state.browser?.close()
    await state.bot?.stop()
  })

  const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / })

  test('nobody takes the lead: PagerDuty rings, then messages do; whoever acknowledges is on the card', {
    timeout: 90_000,
  }, async () => {
    const page = await state.browser.newPage({ viewport: { width: 1280, height: 800 } })
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(state.bot.url)
    const phone = page.getByLabel('Phone', { exact: true })

    await composer(page).fill('/inc new p1 search is gone')
    await composer(page).press('Enter')
    await phone
      .getByRole('article', { name: /^Page: P1 INC-1/ })
      .filter({ hasText: 'Ringing' })
      .waitFor(patience)

    await page.getByRole('group', { name: 'Clock' }).getByRole('button', { name: '+5 min' }).click()
    const message = phone.getByRole('article', { name: /^Message to .*P1 INC-1/ }).filter({ hasText: 'Ringing' })
    await message.first().waitFor(patience)
    await message.first().getByRole('button', { name: 'Acknowledge' }).click()

    await phone
      .getByRole('article', { name: /^Page: P1 INC-1/ })
      .filter({ hasText: 'Acknowledged' })
      .waitFor(patience)
    await expect.poll(() => message.count(), patience).toBe(0)
    const channels = page.getByRole('navigation', { name: 'Channels' })
    await channels.getByRole('link', { name: /inc-1-search-is-gone/ }).click()
    const card = page.getByRole('article').filter({ hasText: 'INC-1 search is gone' }).first()
    await expect.poll(() => card.innerText(), patience).toContain('Page acknowledged')
    expect(complaints).toEqual([])
    await page.close()
  })

  test('PagerDuty is switched off: the card says whom to ring; switched on again, it rings once', {
    timeout: 90_000,
  }, async () => {
    const page = await state.browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(state.bot.url)
    const phone = page.getByLabel('Phone', { exact: true })
    const rings = phone.getByRole('article', { name: /^Page: .*payments are gone/ })
    const switchTo = (mode: string) => page.getByRole('button', { name: `PagerDuty ${mode}`, exact: true }).click()

    // Before it is switched off, PagerDuty must have said who is on call there.
    const asksAgain = async () => {
      await composer(page).fill('/oncall')
      await composer(page).press('Enter')
      return page.getByText('platform in PagerDuty').count()
    }
    await expect.poll(asksAgain, { ...patience, interval: 500 }).toBeGreaterThan(0)
    await switchTo('down')
    await page.getByText('PagerDuty is down for the bot').first().waitFor(patience)
    await composer(page).fill('/inc new p1 payments are gone')
    await composer(page).press('Enter')
    const channels = page.getByRole('navigation', { name: 'Channels' })
    await channels.getByRole('link', { name: /payments-are-gone/ }).click(patience)
    await page.getByRole('group', { name: 'Clock' }).getByRole('button', { name: '+1 min' }).click()
    const card = page.getByRole('article').filter({ hasText: 'payments are gone' }).first()
    await expect.poll(() => card.innerText(), patience).toMatch(/has not taken the page.*\+351 555 0102/s)
    expect(await rings.count()).toBe(0)

    await switchTo('up')
    await rings.filter({ hasText: 'Ringing' }).waitFor(patience)
    await expect.poll(() => card.innerText(), patience).toContain('PagerDuty took the page')
    await rings.getByRole('button', { name: 'Acknowledge' }).click()
    await expect.poll(() => card.innerText(), patience).toContain('in PagerDuty')
    expect(await rings.count()).toBe(1)
    await page.close()
  })
})
