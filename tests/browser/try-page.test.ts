/** The first five minutes of a newcomer, in a real browser: no configuration, one command, one page. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BotProcess, startTryBot } from '../support/bot-process.ts'
import { browserFor } from '../support/browser.ts'
import { freshDataFolder } from '../support/made-once.ts'

const openBrowser = browserFor('the try page')
const state = {} as { bot: BotProcess; browser: Browser; dataFolder: string }

describe.skipIf(!openBrowser)('the try page', () => {
  beforeAll(async () => {
    state.dataFolder = await freshDataFolder()
    state.bot = await startTryBot(state.dataFolder)
    if (openBrowser) state.browser = await openBrowser()
  }, 60_000)
  afterAll(async () => {
    await state.browser?.close()
    await state.bot?.stop()
  })

  async function openPage(viewport = { width: 1280, height: 800 }): Promise<Page> {
    const page = await state.browser.newPage({ viewport })
    await page.goto(state.bot.url)
    return page
  }
  const channel = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Channels' }).getByRole('link', { name: new RegExp(`^#?\\s*${name}`) })
  const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / })

  test('a few words open an incident, «Take lead» takes it, and after Ctrl-C everything is still there', {
    timeout: 60_000,
  }, async () => {
    const page = await openPage()
    await composer(page).fill('/inc checkout returns 500s')
    await composer(page).press('Enter')
    await channel(page, 'inc-1-checkout-returns-500s').click()
    const card = page.getByRole('article').filter({ hasText: 'INC-1 checkout returns 500s' }).first()
    await card.getByRole('button', { name: 'Take lead' }).click()
    await expect.poll(() => card.innerText(), { timeout: 10_000 }).toContain('Ana')
    await expect.poll(() => card.getByRole('button', { name: 'Take lead' }).count()).toBe(0)
    const picture = process.env.README_PICTURE
    if (picture) await page.screenshot({ path: picture })
    await page.close()

    await state.bot.stop('SIGINT')
    state.bot = await startTryBot(state.dataFolder)
    const again = await openPage()
    await channel(again, 'inc-1-checkout-returns-500s').click()
    await again.getByRole('article').filter({ hasText: 'leads this incident now' }).waitFor()
    await again.close()
  })

  test('an alert of the panel pages, and the phone acknowledges', { timeout: 60_000 }, async () => {
    const page = await openPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.getByRole('button', { name: 'Fire an alert' }).click()
    await channel(page, 'alerts').click()
    await page.getByRole('article').filter({ hasText: 'HighErrorRate' }).first().waitFor()
    await page.getByLabel('Phone', { exact: true }).getByRole('button', { name: 'Acknowledge' }).first().click()
    await expect.poll(() => page.getByText(/acknowledged/i).count(), { timeout: 10_000 }).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  test('a message of one’s own is edited and deleted, answered in a thread, and marked, all by keyboard', {
    timeout: 60_000,
  }, async () => {
    const page = await openPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await composer(page).fill('the cache looks odd')
    await composer(page).press('Enter')
    const mine = page.getByRole('article').filter({ hasText: 'the cache' })
    const pick = async (name: string) => {
      await mine.getByRole('button', { name: 'More actions' }).press('Enter')
      await page.getByRole('menuitem', { name }).press('Enter')
    }
    await pick('Edit message')
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('the cache is <cold>')
    await page.keyboard.press('Enter')
    await mine.filter({ hasText: 'the cache is <cold>' }).filter({ hasText: '(edited)' }).waitFor()
    await mine.getByRole('button', { name: 'Add a reaction' }).press('Enter')
    await page.getByRole('menuitem', { name: 'pushpin' }).press('Enter')
    await mine.getByRole('button', { name: /^pushpin, 1/ }).waitFor()
    await mine.getByRole('button', { name: 'Reply in thread' }).press('Enter')
    const answer = page.getByRole('textbox', { name: 'Reply in thread' })
    await answer.fill('warming it')
    await answer.press('Enter')
    await mine.getByText('1 reply').first().waitFor()
    await answer.press('Escape')
    await expect.poll(() => answer.count()).toBe(0)
    await pick('Delete message')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter')
    await expect.poll(() => mine.filter({ hasText: 'cold' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  test("the form opens from the menu of open incidents, and a telephone's width is enough", {
    timeout: 60_000,
  }, async () => {
    const page = await openPage({ width: 390, height: 844 })
    await composer(page).fill('/inc new')
    await composer(page).press('Enter')
    const form = page.getByRole('dialog', { name: 'Declare an incident' })
    await form.getByRole('textbox', { name: 'What is wrong?' }).fill('search is slow')
    await form.getByRole('button', { name: 'Declare' }).click()
    await expect.poll(() => form.count(), { timeout: 10_000 }).toBe(0)
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBe(0)
    await page.close()
  })
})
