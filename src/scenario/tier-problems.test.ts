import { expect, it } from 'vitest'
import { tierProblems } from './tier-problems.js'

const places = { where: (path: readonly (string | number)[]) => path.join('.'), isMoved: () => false } as Parameters<
  typeof tierProblems
>[2]

it('has no server of a user in a network where it reaches nothing', () => {
  const input = { tier: 'auto' as const, loss: 0.01, bandwidth: undefined, events: [] }
  expect(tierProblems(input, false, places)).toEqual([])
  expect(tierProblems({ ...input, loss: 0 }, true, places)).toEqual([])
  expect(tierProblems(input, true, places)).toMatchObject([
    {
      code: 'E_NETEM',
      message:
        'expected no target with loss, which makes it a link of the kernel, got one: a server of your own would be cut off from all that it needs',
    },
  ])
})
