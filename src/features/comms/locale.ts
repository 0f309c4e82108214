/** The languages in which clients can be written to: those in which there are templates. */
export const locales = ['en', 'de'] as const
export type Locale = (typeof locales)[number]
