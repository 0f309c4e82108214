/** When a step does not help: people are called, told no more than they may know, and let sleep when it is over. */
import { expect } from 'vitest'
import { doingShelf, working } from '../support/runbooks.ts'
import { story } from '../support/story.ts'

const options = { config: doingShelf }

story(
  'a step that failed proposes to call help, and who is called is shown with their answer',
  async ({ slack, pagerduty }) => {
    const { ana, place, room, card } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Failed')
    await ana.expectModal('This step failed')
    await ana.submit({ note: 'the graphs are empty' })
    await run.expectEdit('Step 1 failed. Then: Call the team.', 'step 2 of 4')
    await ana.click(run, 'Escalate')
    await run.expectEdit('step 4 of 4', 'Wakes platform')
    expect(run.shows()).not.toContain('Step 1 failed. Then')
    await ana.click(run, 'Page')
    const page = await pagerduty.expectPage('INC-1 the release does harm and cannot be rolled back')
    await run.expectEdit('platform is being called', 'until somebody answers')
    await ana.click(card, 'Resolve')
    const form = await ana.expectModal('Resolve')
    expect(JSON.stringify(form.blocks)).toContain('is still being called by the runbook')
    await ana.click(run, 'Done')
    await run.expectEdit('finished: 1 done, 2 skipped, 1 failed')
    await pagerduty.expectStatus(page.key, 'resolved')
    await ana.type(place, '/inc timeline')
    await room.expectOnlyFor(ana, 'step 1 failed by @ana', 'the graphs are empty', 'went on to call for help')
  },
  options,
)

story(
  'in a drill nobody is woken, and the step says so',
  async ({ slack, stage, settle }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc drill checkout fails')
    await ana.expectTold('INC-1 is declared', 'It is a drill')
    const room = slack.channel('#drill-inc-1-checkout-fails')
    await room.expectMessage('DRILL checkout fails')
    await ana.type('#drill-inc-1-checkout-fails', '/inc runbook bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Failed')
    await ana.expectModal('This step failed')
    await ana.submit({ note: '' })
    await run.expectEdit('Step 1 failed')
    await ana.click(run, 'Escalate')
    await run.expectEdit('step 4 of 4')
    await ana.click(run, 'Page')
    await room.expectOnlyFor(ana, 'This is a test or a drill, so nobody is woken')
    await settle()
    expect(stage.simulator.pagerduty.pages()).toEqual([])
  },
  options,
)

story(
  'whoever is paged for a private incident reads no more than that there is one',
  async ({ slack, pagerduty }) => {
    const ana = slack.person('ana')
    await ana.type('#general', '/inc private a key was published')
    await ana.expectTold('INC-1 is declared')
    const room = slack.channel('#inc-1')
    await room.expectMessage('INC-1')
    await ana.type('#inc-1', '/inc runbook bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Failed')
    await ana.expectModal('This step failed')
    await ana.submit({ note: '' })
    await run.expectEdit('Step 1 failed')
    await ana.click(run, 'Escalate')
    await run.expectEdit('step 4 of 4')
    await ana.click(run, 'Page')
    const page = await pagerduty.expectPage('INC-1 help is called for in a private incident')
    expect(page.summary).not.toContain('release')
    await run.expectEdit('platform is being called')
  },
  options,
)

story(
  'resolving says which runbooks are not finished and lets sleep who is called; closing leaves them undone, reopening goes on',
  async ({ slack, pagerduty }) => {
    const { ana, place, room, card } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Failed')
    await ana.expectModal('This step failed')
    await ana.submit({ note: '' })
    await run.expectEdit('Step 1 failed')
    await ana.click(run, 'Escalate')
    await run.expectEdit('step 4 of 4')
    await ana.click(run, 'Page')
    const page = await pagerduty.expectPage('INC-1 the release does harm')
    await run.expectEdit('platform is being called')

    await ana.click(card, 'Resolve')
    const form = await ana.expectModal('Resolve')
    expect(JSON.stringify(form.blocks)).toContain('not finished: *A release does harm* at step 4 of 4')
    await ana.submit({ summary: 'the release is taken back' })
    await room.expectMessage('Resolved by')
    await pagerduty.expectStatus(page.key, 'resolved')
    await run.expectEdit('step 4 of 4', 'Page')

    await ana.type(place, '/inc close')
    await room.expectMessage('closed this incident')
    await run.expectEdit('left undone at step 4 of 4', 'Still to do was: Call the team.', 'goes on here')
    expect(run.shows()).not.toContain('Done')

    await ana.type(place, '/inc reopen it is back')
    await room.expectMessage('opened this again')
    await run.expectEdit('step 4 of 4', 'Page')
    await ana.click(run, 'Done')
    await run.expectEdit('finished: 1 done')
    await ana.type(place, '/inc timeline')
    await room.expectOnlyFor(ana, 'left undone at step 4 of 4', 'goes on at step 4')
  },
  options,
)

story(
  'a runbook that was the wrong one is stopped: nobody is called for it any more, and its buttons are gone',
  async ({ slack, pagerduty }) => {
    const { ana, place, room } = await working({ slack }, 'bad-release')
    const run = await room.expectMessage('A release does harm', 'step 1 of 4')
    await ana.click(run, 'Failed')
    await ana.expectModal('This step failed')
    await ana.submit({ note: '' })
    await run.expectEdit('Step 1 failed')
    await ana.click(run, 'Escalate')
    await run.expectEdit('step 4 of 4')
    await ana.click(run, 'Page')
    const page = await pagerduty.expectPage('INC-1 the release does harm')
    await run.expectEdit('platform is being called')
    const ben = slack.person('ben')
    await ben.click(run, 'Stop runbook')
    await ben.expectModal('Stop this runbook')
    await ben.submit({ 'Why?': 'it was the network' })
    await run.expectEdit('stopped: 0 done')
    expect(run.shows()).not.toContain('Done')
    await pagerduty.expectStatus(page.key, 'resolved')
    await ana.type(place, '/inc timeline')
    await room.expectOnlyFor(ana, '@ben stopped the runbook A release does harm: it was the network')
  },
  options,
)
