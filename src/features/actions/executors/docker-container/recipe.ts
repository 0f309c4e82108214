/**
 * What a new container is made of: everything that somebody wrote when the old one was made, and nothing that came with
 * the old image, or else the old image's own settings would rule in the one that takes its place.
 */
import { canonical } from '../../../../lib/fingerprint.ts'
import { actionLabel } from '../docker/engine.ts'
import type { Json } from '../executor.ts'
import type { Container, Image } from './containers.ts'

export interface Recipe {
  /** For /containers/create. It knows one network. */
  body: Record<string, unknown>
  /** Joined before it starts. */
  networks: { name: string; endpoint: unknown }[]
}

export function recipeOf(old: Container, oldImage: Image, image: string, key: string): Recipe {
  const { Env, Labels, Hostname, ...settings } = old.Config
  const came: Record<string, unknown> = { ...oldImage.Config }
  const written = Object.entries(settings).filter(([name, value]) => !isSame(value, came[name]))
  const cameLabels = oldImage.Config?.Labels ?? {}
  const labels = Object.entries(Labels ?? {}).filter(([name, value]) => cameLabels[name] !== value)
  const [first, ...others] = networksOf(old)
  return {
    body: {
      ...Object.fromEntries(written),
      Image: image,
      Env: (Env ?? []).filter((one) => !(oldImage.Config?.Env ?? []).includes(one)),
      Labels: { ...Object.fromEntries(labels), [actionLabel]: key },
      // Docker names a host after its container, unless somebody did.
      ...(old.Id.startsWith(Hostname) ? {} : { Hostname }),
      HostConfig: { ...old.HostConfig, Binds: [...(old.HostConfig.Binds ?? []), ...namelessVolumes(old)] },
      ...(first ? { NetworkingConfig: { EndpointsConfig: { [first.name]: first.endpoint } } } : {}),
    },
    networks: others,
  }
}

/** Data that lies in volumes nobody gave a name to would stay behind, and look lost. */
function namelessVolumes({ HostConfig, Mounts }: Container): string[] {
  const said = canonical([HostConfig.Binds, HostConfig.Mounts] as Json)
  return Mounts.filter(({ Type, Destination }) => Type === 'volume' && !said.includes(Destination)).map(
    ({ Name, Destination }) => `${Name}:${Destination}`,
  )
}

function networksOf({ Id, NetworkSettings }: Container): Recipe['networks'] {
  return Object.entries(NetworkSettings.Networks).map(([name, { Aliases, IPAMConfig, Links }]) => ({
    name,
    endpoint: {
      IPAMConfig,
      Links,
      // Its own id is among its aliases, and would point to the old one for ever.
      Aliases: (Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
    },
  }))
}

function isSame(one: unknown, other: unknown): boolean {
  return canonical((one ?? null) as Json) === canonical((other ?? null) as Json)
}
