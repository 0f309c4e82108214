/** What Engines of version 29 do with the version in an address, for the stand-ins of both executors. */
import type { WireAnswer } from '../stand-in.ts'

const [oldest, newest] = [44, 52]

/** The path without its version, or what is answered to a version that is not spoken. */
export function versionIn(path: string): { path: string } | { answer: WireAnswer } {
  if (path === '/version')
    return {
      answer: { status: 200, body: { Version: '29.0.0', ApiVersion: `1.${newest}`, MinAPIVersion: `1.${oldest}` } },
    }
  const [, minor, rest] = /^\/v1\.(\d+)(\/.*)$/.exec(path) ?? []
  if (rest === undefined) return { path }
  const refuse = (message: string) => ({ answer: { status: 400, body: { message } } })
  if (Number(minor) > newest)
    return refuse(`client version 1.${minor} is too new. Maximum supported API version is 1.${newest}`)
  if (Number(minor) < oldest)
    return refuse(
      `client version 1.${minor} is too old. Minimum supported API version is 1.${oldest}, please upgrade your client to a newer version`,
    )
  return { path: rest }
}
