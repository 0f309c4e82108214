/** A migration tool in one file: its state is a JSON file, its two commands are `status` and `down`. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Json } from '../executor.ts'
import type { StandIn } from '../stand-in.ts'

const tool = `
  import fs from 'node:fs'
  const [file, verb, to] = process.argv.slice(2)
  const state = JSON.parse(fs.readFileSync(file, 'utf8'))
  if (verb === 'status') console.log(JSON.stringify(state.migrations))
  else {
    while (!fs.existsSync(file + '.go')) await new Promise((resolve) => setTimeout(resolve, 20))
    if (fs.readFileSync(file + '.go', 'utf8') === 'badly') process.exit(4)
    for (const one of state.migrations) if (one.version > to) one.applied = false
    fs.writeFileSync(file, JSON.stringify({ ...state, changes: state.changes + 1 }))
    console.log('down to ' + to)
  }`

export async function startStandIn(): Promise<StandIn> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-migrate-'))
  const [script, file] = [path.join(folder, 'migrate.mjs'), path.join(folder, 'state.json')]
  fs.writeFileSync(script, tool)
  const migrations = [
    { version: '0140', name: 'orders', applied: true, reversible: false },
    { version: '0141', name: 'baskets', applied: true, reversible: true },
    { version: '0142', name: 'coupons', applied: true, reversible: true, loses: 'all coupons' },
  ]
  const read = () => JSON.parse(fs.readFileSync(file, 'utf8')) as { migrations: typeof migrations; changes: number }
  fs.writeFileSync(file, JSON.stringify({ migrations, changes: 0 }))
  return {
    settings: {
      status: ['node', script, file, 'status'],
      down: ['node', script, file, 'down', '{version}'],
    },
    params: { to: '0141' },
    secrets: {},
    textParam: 'to',
    world: () => read() as unknown as Json,
    changes: () => read().changes,
    faults: null,
    othersChangeIt() {
      const state = read()
      const next = { version: '0143', name: 'gifts', applied: true, reversible: true }
      fs.writeFileSync(file, JSON.stringify({ ...state, migrations: [...state.migrations, next] }))
    },
    finish: (how) => fs.writeFileSync(`${file}.go`, how),
    close: async () => fs.rmSync(folder, { recursive: true, force: true }),
  }
}
