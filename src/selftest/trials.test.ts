import { describe, expect, it } from 'vitest'
import { exactly } from './compare.js'
import { type Attempt, persistently } from './trials.js'

const right: Attempt = { comparisons: [exactly('polls', 'count', 10, 10)], doubt: null }
const off: Attempt = { comparisons: [exactly('polls', 'count', 9, 10)], doubt: null }
const disturbed: Attempt = { ...off, doubt: 'the trial was invalid' }
const empty: Attempt = { comparisons: [], doubt: 'tcpdump dropped 3 packets' }

/** What comes of attempts that go so, and how many were made. */
async function outcomeOf(attempts: readonly Attempt[], chances?: number) {
  let made = 0
  const finding = await persistently('sse', async () => attempts[made++] as Attempt, chances)
  return { ...finding, made }
}

describe('what is measured', () => {
  it('is measured once where it is within, however disturbed the machine was', async () => {
    expect(await outcomeOf([right])).toEqual({ comparisons: right.comparisons, notes: [], made: 1 })
    expect(await outcomeOf([{ ...right, doubt: 'the trial was invalid' }])).toMatchObject({ made: 1, notes: [] })
  })

  it('is measured again where it was off, and says so', async () => {
    const { comparisons, notes, made } = await outcomeOf([off, right])
    expect({ comparisons, notes, made }).toEqual({
      comparisons: right.comparisons,
      notes: ['sse: measured again, since polls was off'],
      made: 2,
    })
  })

  it('stays off where it is off twice and nobody disturbed it', async () => {
    expect(await outcomeOf([off, off])).toMatchObject({ comparisons: off.comparisons, made: 2 })
    expect(await outcomeOf([disturbed, off])).toMatchObject({ comparisons: off.comparisons, made: 2 })
    expect(await outcomeOf([off, disturbed, off])).toMatchObject({ comparisons: off.comparisons, made: 3 })
  })

  it('has no second chance where it is exact, but for what proves nothing', async () => {
    expect(await outcomeOf([off], 1)).toMatchObject({ comparisons: off.comparisons, made: 1 })
    expect(await outcomeOf([empty, right], 1)).toMatchObject({
      comparisons: right.comparisons,
      notes: ['sse: measured again, since tcpdump dropped 3 packets'],
    })
  })

  it('is given up, and called neither right nor wrong, where it was disturbed each time', async () => {
    for (const attempt of [disturbed, empty]) {
      const { comparisons, inconclusive, made } = await outcomeOf([attempt, attempt, attempt])
      expect({ comparisons, made }).toEqual({ comparisons: [], made: 3 })
      expect(inconclusive).toBe(`sse: the machine was disturbed each time (${attempt.doubt})`)
    }
  })
})
