/** What people find when they open the app. */
import { expect } from 'vitest'
import { story } from '../support/story.ts'

story('whoever opens the app is told how to begin', async ({ slack, settle }) => {
  const ana = slack.person('ana')
  await ana.hands.openHome()
  await settle()
  expect(JSON.stringify(ana.hands.home()?.blocks)).toContain('/inc checkout returns 500s')
})
