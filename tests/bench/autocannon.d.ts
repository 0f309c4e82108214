/** What we use of autocannon, which brings no types. */
declare module 'autocannon' {
  interface Client {
    setBody(body: string): void
    on(event: 'response', listener: () => void): void
  }
  interface Result {
    requests: { average: number }
    latency: { p99: number }
    non2xx: number
    errors: number
  }
  export default function autocannon(options: {
    url: string
    connections: number
    duration: number
    method?: 'POST'
    headers?: Record<string, string>
    setupClient?(client: Client): void
  }): Promise<Result>
}
