/** The rules of the status page, made once from tocsin.yml. */
import { createHmac } from 'node:crypto'
import type { Ground } from '../../../core/feature.ts'
import type { Templates } from '../../../core/templates.ts'
import type { CommsConfig } from '../config.ts'
import type { Say } from './document.ts'
import type { PageSettings } from './page.ts'

export interface StatusPageRules {
  settings: PageSettings
  say: Say
  templates: Templates
  copyTo: string | null
  /** What proves that a link is ours. */
  sign(what: string): string
  /** An address has one subscriber, whoever asks first: the same text for ever, and nobody can guess the address from it. */
  subscriberId(address: string): string
}

export type StatusPageGround = Pick<Ground, 'config' | 'templates' | 'publicUrl' | 'linkSecret'>

export function makeStatusPageRules({ config, templates, publicUrl, linkSecret }: StatusPageGround): StatusPageRules {
  const { statusPage, components } = config.comms as CommsConfig
  const sign = (what: string) => createHmac('sha256', linkSecret).update(what).digest('base64url').slice(0, 32)
  return {
    settings: {
      name: statusPage.name,
      locale: statusPage.locale,
      url: publicUrl,
      components: Object.entries(components).map(([key, { name, group, description }]) => ({
        key,
        name,
        group,
        description,
      })),
      takesSubscribers: statusPage.takesSubscribers,
      weights: statusPage.weights,
    },
    say: (moment, data = {}) => templates.render(`status-page/${statusPage.locale}/${moment}`, 'text', data),
    templates,
    copyTo: statusPage.copyTo,
    sign,
    subscriberId: (address) =>
      createHmac('sha256', linkSecret).update(`subscriber/${address.toLowerCase()}`).digest('hex').slice(0, 24),
  }
}
