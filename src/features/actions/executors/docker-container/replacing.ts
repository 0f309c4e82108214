/** One container takes the place of another. Whatever Docker refuses half-way is taken back, and looked at. */
import { z } from 'zod'
import { type Reached, who } from '../docker/engine.ts'
import type { Dispatched } from '../executor.ts'
import { dispatchedBy, hear, NoAnswer, read, refusalOf } from '../wire.ts'
import { type Container, engineAt, type Image } from './containers.ts'
import { recipeOf } from './recipe.ts'

export interface Replacement {
  engine: Reached
  old: Container
  oldImage: Image
  /** By its digest. */
  image: string
  name: string
  key: string
}

// Docker kills what has not ended by then.
const stopSeconds = 10

export async function replace(given: Replacement): Promise<Dispatched> {
  const { old, oldImage, image, name, key } = given
  const recipe = recipeOf(old, oldImage, image, key)
  const heard = await post(given, `/containers/create?name=${encodeURIComponent(`${name}_${key}`)}`, recipe.body)
  // Up to here nothing was touched that anybody uses.
  const created = { id: '' }
  const made = dispatchedBy(who, heard, (answer) => {
    created.id = read(who, answer, z.object({ Id: z.string() })).Id
    return { outcome: 'accepted', handle: { key } }
  })
  if (made.outcome !== 'accepted') return made
  try {
    await must(given, `/containers/${old.Id}/stop?t=${stopSeconds}`)
    // What is always restarted would come back with the next start of the machine.
    if (old.HostConfig.RestartPolicy?.Name === 'always')
      await must(given, `/containers/${old.Id}/update`, { RestartPolicy: { Name: 'unless-stopped' } })
    await must(given, `/containers/${old.Id}/rename?name=${encodeURIComponent(`${name}_before_${key}`)}`)
    await must(given, `/containers/${created.id}/rename?name=${encodeURIComponent(name)}`)
    // In sequence: the order of networks decides which one leads outside.
    for (const { name: network, endpoint } of recipe.networks)
      await must(given, `/networks/${encodeURIComponent(network)}/connect`, {
        Container: created.id,
        EndpointConfig: endpoint,
      })
    await must(given, `/containers/${created.id}/start`)
    return made
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    return takeBack(given, created.id, error)
  }
}

/** Only seen to run again the old one proves that nothing was done. */
async function takeBack(given: Replacement, made: string, cause: NoAnswer): Promise<Dispatched> {
  const { old, name, key, engine } = given
  // Each as far as it goes: what was not done need not be taken back, and Docker says so.
  await post(given, `/containers/${made}/stop?t=1`)
  await post(given, `/containers/${made}/rename?name=${encodeURIComponent(`${name}_failed_${key}`)}`)
  await post(given, `/containers/${old.Id}/rename?name=${encodeURIComponent(name)}`)
  await post(given, `/containers/${old.Id}/update`, { RestartPolicy: old.HostConfig.RestartPolicy ?? {} })
  await post(given, `/containers/${old.Id}/start`)
  try {
    const now = await engineAt(engine).container(name)
    if (now.Id === old.Id && now.State.Status === 'running')
      return { outcome: 'rejected', why: `${cause.message} ${name} runs as before.` }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
  }
  return { outcome: 'unknown', why: `${cause.message} Taking it back failed too: look for ${name}_before_${key}.` }
}

async function must(given: Replacement, path: string, body?: unknown): Promise<void> {
  const heard = await post(given, path, body)
  if (heard.kind !== 'answer') throw new NoAnswer(`${who}: ${heard.why}.`)
  // 304: it stood so already.
  if (heard.status !== 304 && (heard.status < 200 || heard.status > 299))
    throw new NoAnswer(refusalOf(who, heard), heard.status)
}

function post({ engine }: Replacement, path: string, body?: unknown) {
  return hear(engine.io, {
    method: 'POST',
    url: `${engine.url}${path}`,
    ...(body === undefined ? {} : { body }),
  })
}
