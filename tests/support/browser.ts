/** A real browser, where the machine has one. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How to open it; null, and said, where there is none. */
export function browserFor(what: string): (() => Promise<Browser>) | null {
  const executablePath = places.find((file) => existsSync(file))
  if (executablePath) return () => chromium.launch({ executablePath, args })
  process.stderr.write(`SKIPPED: the browser test of ${what}. Install Chromium (Debian: chromium) to run it.\n`)
  return null
}
