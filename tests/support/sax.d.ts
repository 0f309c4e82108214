/** What we use of sax, which brings no types. */
declare module 'sax' {
  interface Parser {
    onopentag: (tag: { name: string; attributes: Record<string, string> }) => void
    onclosetag: (name: string) => void
    ontext: (text: string) => void
    write(text: string): Parser
    close(): void
  }
  const sax: { parser(isStrict: boolean, options?: { xmlns?: boolean }): Parser }
  export default sax
}
