/** All that a run leaves on the disk lies in one folder, which goes with the process, however that ends. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export function openRunFolder(place = os.tmpdir()): string {
  const folder = fs.mkdtempSync(path.join(place, 'tocsin-'))
  // Servers are run as another user, who must be able to go through here.
  fs.chmodSync(folder, 0o755)
  // Processes that this one starts take it over.
  process.env.TMPDIR = folder
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
