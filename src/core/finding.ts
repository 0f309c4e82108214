/** One thing that `tocsin doctor` looked at. A failure names its fix. */
export interface Finding {
  what: string
  isFine: boolean
  fix?: string
}
