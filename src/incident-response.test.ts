/** The page says what tocsin.yml says: another file, another page. */
import { expect, test } from 'vitest'
import { exampleConfig } from '../tests/support/stage.ts'
import { incidentResponsePage } from './incident-response.ts'

test('every severity, role and rung of tocsin.yml stands on the page, and every status that can end or go on', () => {
  const page = incidentResponsePage(exampleConfig())

  for (const words of ['### P1: Clients cannot use us', 'Acknowledged within: 5 min', '1 h while monitoring'])
    expect(page).toContain(words)
  for (const words of ['**communications** You tell the others', 'after 2 min, 5 min, 10 min, and then no more'])
    expect(page).toContain(words)
  for (const words of ['**resolved** can become closed, investigating', 'its channel is archived 7 d later'])
    expect(page.toLowerCase()).toContain(words)
  for (const words of [
    'at once: page on call (service team), unless it is acknowledged',
    'At P1, P2 the last time tells manager',
  ])
    expect(page).toContain(words)
})

test('what a team does otherwise is said otherwise, and what it does not do is not said', () => {
  const page = incidentResponsePage(
    exampleConfig((example) =>
      example
        .replace('archiveAfter: 7d', 'archiveAfter: never')
        .replace('severities: [P1, P2] # Empty: never.', 'severities: []')
        .replace('preset: response', 'how: tell\n      rungs: [{ after: 20m, who: [manager], unless: led }]'),
    ),
  )

  expect(page).toContain('Its channel is never archived')
  expect(page).not.toContain('the last time tells')
  expect(page).toContain('after 20 min: tell manager (U0EVA00005), unless somebody leads')
})
