/**
 * What people see of incidents, timelines, tasks, updates and escalation, as it was agreed (`vitest run -u` writes it
 * anew; whoever reviews reads the difference). And whatever people write in them, Slack takes it, and nobody is called.
 */
import { describe, expect, test } from 'vitest'
import { golden, problemsOf, type Views } from '../support/golden.ts'
import { incidentViews } from './incidents.ts'
import { escalationViews, taskViews, timelineViews, updateViews } from './record.ts'

const calm = 'checkout returns 500s'
const hostile = [
  '<!channel> <!here> <!everyone>',
  '*bold* _it_ ~no~ `code` ```',
  '\u202Egpj.exe\u202C and \u200Bnothing',
  '🔥🔥🔥',
  '</script><script>alert(1)</script> & < >',
  'x'.repeat(3_000),
  '🙂'.repeat(1_500),
  '&'.repeat(3_000),
  '<!channel> '.repeat(300),
  'a\nb\n\n> c\n'.repeat(200),
  '<https://evil.example|click>',
]

const all: [string, (text: string) => Views][] = [
  ['incidents', incidentViews],
  ['timeline', timelineViews],
  ['tasks', taskViews],
  ['updates', updateViews],
  ['escalation', escalationViews],
]

describe.each(all)('%s', (feature, views) => {
  test('looks as it was agreed', async () => {
    const drawn = views(calm)

    expect(problemsOf(drawn)).toEqual([])
    await expect(golden(drawn)).toMatchFileSnapshot(`./golden/${feature}.json.golden`)
  })

  test.each(hostile.map((text) => [JSON.stringify(text.slice(0, 20)), text]))(
    'whoever writes %s is taken by Slack, and calls nobody',
    (_name, text) => {
      expect(problemsOf(views(text))).toEqual([])
    },
  )
})
