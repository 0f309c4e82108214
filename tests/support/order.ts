/**
 * Whoever starts programs waits longest, and begins first: begun last, they would be waited for while a core has nothing
 * to do.
 */
import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

export class WaitersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { true: first = [], false: others = [] } = Object.groupBy(await super.sort(files), (file) => `${waits(file)}`)
    return [...first, ...others]
  }
}

function waits({ moduleId }: TestSpecification): boolean {
  return /from '(.*support\/(bot-process|program|browser)\.ts|node:child_process)'/.test(readFileSync(moduleId, 'utf8'))
}
