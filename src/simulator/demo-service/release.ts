/**
 * The demo service's release command, which the `process` executor runs as it would run yours.
 *
 *   release.ts <folder> list                      what may be released: id, tab, words
 *   release.ts <folder> forecast [release]        what "set" would do, as JSON; without one: back to the previous
 *   release.ts <folder> set <release>             make it so, and wait until the service says so
 */
import fs from 'node:fs'
import { addressFile, findRelease, previousOf, readDesired, releases, writeDesired } from './releases.ts'

const [folder = '', verb = '', word = ''] = process.argv.slice(2)
const patienceSeconds = 20

switch (verb) {
  case 'list':
    list()
    break
  case 'forecast':
    say(JSON.stringify(forecast()))
    break
  case 'set':
    await set()
    break
  default:
    say('use list, forecast or set')
    process.exitCode = 64
}

function list(): void {
  const desired = readDesired(folder)
  const previous = previousOf(desired)
  const likeliest = releases.toSorted((a, b) => Number(b.id === previous) - Number(a.id === previous))
  for (const { id, name } of likeliest.filter((one) => one.id !== desired.current))
    say(`${id}\t${name}${id === previous ? ', the previous one' : ''}`)
}

function forecast(): object {
  const desired = readDesired(folder)
  const wanted = word === '' ? previousOf(desired) : word
  const [from, to] = [findRelease(desired.current), findRelease(wanted ?? '')]
  if (!to) return { refused: `There is no release ${wanted}. Use ${releases.map((one) => one.name).join(', ')}.` }
  if (to.id === desired.current) return { refused: `${to.name} runs already. Name another release.` }
  return {
    before: from?.id ?? desired.current,
    after: to.id,
    blastRadius: 'all clients of checkout, one process, away for less than a second',
    takesSeconds: 2,
    steps: [`end ${from?.id}`, `start ${to.id} on the same port`, 'wait until it answers'],
    observed: { current: desired.current, releases: desired.history.length },
    resolved: { release: to.id },
    inverse: { params: { to: desired.current } },
  }
}

async function set(): Promise<void> {
  const to = findRelease(word)
  if (!to) {
    say(`There is no release ${word}.`)
    process.exitCode = 65
    return
  }
  const desired = readDesired(folder)
  say(`${desired.current} -> ${to.id}`)
  const entry = { release: to.id, at: new Date().toISOString(), key: process.env.TOCSIN_ACTION_KEY ?? null }
  writeDesired(folder, { current: to.id, history: [...desired.history, entry] })
  const end = Date.now() + patienceSeconds * 1_000
  while (Date.now() < end) {
    const running = await version()
    if (running === to.id) {
      say(`the service answers with ${running}`)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  say(`the service does not answer with ${to.id} after ${patienceSeconds} seconds`)
  process.exitCode = 1
}

async function version(): Promise<string> {
  try {
    const response = await fetch(`${fs.readFileSync(addressFile(folder), 'utf8')}/version`)
    return ((await response.json()) as { release: string }).release
  } catch {
    return ''
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
