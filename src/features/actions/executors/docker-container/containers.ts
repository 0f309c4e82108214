/** What a Docker Engine tells about a container and its images, and which image was there before. */
import { z } from 'zod'
import { type Reached, who } from '../docker/engine.ts'
import { ask, NoAnswer } from '../wire.ts'

const words = z.record(z.string(), z.string())
const Network = z.looseObject({
  Aliases: z.array(z.string()).nullish(),
  IPAMConfig: z.unknown().optional(),
  Links: z.unknown().optional(),
})
const Settings = z.looseObject({
  Image: z.string(),
  Hostname: z.string().default(''),
  Env: z.array(z.string()).nullish(),
  Labels: words.nullish(),
})
const Container = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Config: Settings,
  HostConfig: z.looseObject({
    AutoRemove: z.boolean().default(false),
    Binds: z.array(z.string()).nullish(),
    RestartPolicy: z.looseObject({ Name: z.string().default('') }).nullish(),
  }),
  Mounts: z.array(z.object({ Type: z.string(), Name: z.string().default(''), Destination: z.string() })).default([]),
  NetworkSettings: z.object({ Networks: z.record(z.string(), Network).default({}) }),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number().default(0),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
})
export type Container = z.infer<typeof Container>

const Image = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Created: z.union([z.string(), z.number()]),
  Config: z.looseObject({ Env: z.array(z.string()).nullish(), Labels: words.nullish() }).nullish(),
})
export type Image = z.infer<typeof Image>

export interface Engine {
  container(name: string): Promise<Container>
  /** The one that an action made, by its key. */
  madeBy(label: string): Promise<Container | null>
  /** By its id, or as name@digest; null when it is not on this machine. */
  image(reference: string): Promise<Image | null>
  /** Of the same repository, with a digest, the newest first. */
  imagesOf(repository: string): Promise<{ digest: string; id: string; createdAt: Date }[]>
}

export function engineAt({ io, url }: Reached): Engine {
  const get = <T>(path: string, shape: z.ZodType<T>) => ask(io, who, { method: 'GET', url: `${url}${path}` }, shape)
  const container = (name: string) => get(`/containers/${encodeURIComponent(name)}/json`, Container)
  return {
    container,
    async madeBy(label) {
      const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
      const [found] = await get(`/containers/json?all=true&filters=${filters}`, z.array(z.object({ Id: z.string() })))
      return found ? container(found.Id) : null
    },
    async image(reference) {
      try {
        return await get(`/images/${encodeURIComponent(reference)}/json`, Image)
      } catch (error) {
        if (error instanceof NoAnswer && error.status === 404) return null
        throw error
      }
    },
    async imagesOf(repository) {
      const filters = encodeURIComponent(JSON.stringify({ reference: [repository] }))
      const all = await get(`/images/json?digests=true&filters=${filters}`, z.array(Image))
      return all
        .flatMap(({ Id: id, RepoDigests, Created }) => {
          const digest = digestIn(RepoDigests, repository)
          return digest === null ? [] : [{ digest, id, createdAt: createdAt(Created) }]
        })
        .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    },
  }
}

/** registry.example.com:5000/shop/checkout:v142@sha256:… without tag and digest. */
export function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

export function digestIn(digests: readonly string[] | null | undefined, repository: string): string | null {
  return (digests ?? []).find((one) => one.startsWith(`${repository}@`))?.slice(repository.length + 1) ?? null
}

/** A list gives seconds, an inspection ISO 8601. */
export function createdAt(given: string | number): Date {
  return new Date(typeof given === 'number' ? given * 1_000 : given)
}
