/** A release command in one file: it waits until it is told how to end, then writes what runs. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { StandIn } from '../stand-in.ts'

const tool = `
  import fs from 'node:fs'
  const [folder, verb, to = 'v141'] = process.argv.slice(2)
  const now = fs.readFileSync(folder + '/now', 'utf8')
  if (verb === 'forecast')
    console.log(JSON.stringify({ before: now, after: to, blastRadius: 'all clients', observed: { now }, resolved: { to } }))
  else {
    while (!fs.existsSync(folder + '/go')) await new Promise((resolve) => setTimeout(resolve, 20))
    if (fs.readFileSync(folder + '/go', 'utf8') === 'badly') process.exit(4)
    fs.appendFileSync(folder + '/changes', '.')
    fs.writeFileSync(folder + '/now', to)
  }`

export async function startStandIn(): Promise<StandIn> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-release-'))
  const file = (name: string) => path.join(folder, name)
  const read = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), 'utf8') : '')
  fs.writeFileSync(file('release.mjs'), tool)
  fs.writeFileSync(file('now'), 'v142')
  return {
    settings: {
      run: ['node', file('release.mjs'), folder, 'set', '{resolved.to}'],
      forecast: ['node', file('release.mjs'), folder, 'forecast', '{to}'],
    },
    params: { to: 'v141' },
    secrets: {},
    textParam: 'to',
    world: () => ({ now: read('now') }),
    changes: () => read('changes').length,
    faults: null,
    othersChangeIt: () => fs.writeFileSync(file('now'), 'v143'),
    finish: (how) => fs.writeFileSync(file('go'), how),
    close: async () => fs.rmSync(folder, { recursive: true, force: true }),
  }
}
