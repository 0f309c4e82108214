/** A file, or the names in a folder, on the disk before anything else is done. */
import fs from 'node:fs'

export function syncPath(file: string): void {
  // Directories cannot be synced on Windows.
  if (process.platform === 'win32' && fs.statSync(file).isDirectory()) return
  const descriptor = fs.openSync(file, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
