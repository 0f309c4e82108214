/** The output of a child on the disk: its beginning and its end. The middle of a chatty one is counted, not kept. */
import fs from 'node:fs'

export interface KeptOutput {
  write(text: string): void
  close(): void
}

/** At most about `bytesMax` on the disk: half for the beginning, half for the newest. */
export function keepOutput(file: string, bytesMax: number): KeptOutput {
  const descriptor = fs.openSync(file, 'w+', 0o600)
  const half = Math.floor(bytesMax / 2)
  const kept = { bytes: 0, headEnd: 0, dropped: 0 }

  const append = (bytes: Buffer) => {
    fs.writeSync(descriptor, bytes, 0, bytes.length, kept.bytes)
    kept.bytes += bytes.length
  }
  const keep = (text: string) => {
    append(Buffer.from(text))
    if (kept.headEnd === 0 && kept.bytes >= half) kept.headEnd = Math.min(kept.bytes, half)
    if (kept.bytes <= bytesMax + half) return
    // Too much: the newest half moves up to the beginning, over what was between.
    const newest = Buffer.alloc(half)
    fs.readSync(descriptor, newest, 0, half, kept.bytes - half)
    kept.dropped += kept.bytes - kept.headEnd - half
    const note = Buffer.from(`\n[… ${kept.dropped} bytes left out …]\n`)
    kept.bytes = kept.headEnd
    append(note)
    append(newest)
    fs.ftruncateSync(descriptor, kept.bytes)
  }
  return {
    write(text) {
      try {
        keep(text)
      } catch {
        // A full disk must cost the output, not the supervision.
      }
    },
    close() {
      fs.closeSync(descriptor)
    },
  }
}

/** The last characters of what was kept; empty when nothing was said. */
export function tailOf(file: string, charactersMax: number): string {
  try {
    const descriptor = fs.openSync(file, 'r')
    try {
      const { size } = fs.fstatSync(descriptor)
      // A character has four bytes at most; one that is cut in two is dropped below.
      const bytes = Buffer.alloc(Math.min(size, charactersMax * 4))
      fs.readSync(descriptor, bytes, 0, bytes.length, size - bytes.length)
      return bytes.toString('utf8').slice(-charactersMax).replace(/^�+/, '')
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return ''
  }
}
