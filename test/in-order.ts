import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Begins with these files in this order, and with others after them as vitest would: where it does not remember how long each took, the largest first. */
export function inOrderOf(files: readonly string[]): typeof BaseSequencer {
  const rank = ({ moduleId }: TestSpecification) => {
    const index = files.findIndex((file) => moduleId.endsWith(`/${file}`))
    return index < 0 ? files.length : index
  }
  return class extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const sorted = await super.sort(specifications)
      return sorted.sort((one, other) => rank(one) - rank(other))
    }
  }
}
