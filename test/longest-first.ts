import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of tests that take a minute or more, the longest first: begun last, they would be waited for alone. */
const LONGEST = [
  'documented-commands',
  'interrupted',
  'killed',
  'limits',
  'trace',
  'doctor',
  'error-codes',
  'suspended',
  'surroundings',
  'refused',
  'installed',
  'hostile-run',
]

/** vitest begins with the largest file where it does not remember how long each took, as in a fresh clone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return index < 0 ? LONGEST.length : index
    }
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}
