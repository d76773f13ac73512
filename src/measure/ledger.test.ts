import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientLedger, Ledger, type PositionRange } from './ledger.js'

const WINDOW = [{ first: 1, last: 10 }]

/** What becomes of a client that receives these positions. */
function outcome(positions: readonly number[], { windows = WINDOW, latestOnly = false } = {}) {
  const ledger = new Ledger()
  ledger.open(windows)
  const client = new ClientLedger()
  const isNew = positions.map((position) => client.accept(position, latestOnly, ledger))
  return { ...ledger.counts([client]), isNew, client }
}

describe('the ledger of a client', () => {
  it.each<[string, number[], object]>([
    ['all in order', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { delivered: 10, missing: 0, duplicates: 0, reordered: 0 }],
    ['nothing', [], { delivered: 0, missing: 10 }],
    ['a hole', [1, 2, 5, 6, 7, 8, 9, 10], { delivered: 8, missing: 2, reordered: 0 }],
    ['no end', [1, 2, 3], { delivered: 3, missing: 7 }],
    ['no beginning', [9, 10], { delivered: 2, missing: 8 }],
    ['one twice', [1, 2, 2, 3], { delivered: 3, missing: 7, duplicates: 1, reordered: 0 }],
    ['one late', [1, 3, 2], { delivered: 3, missing: 7, duplicates: 0, reordered: 1 }],
    ['one late and then again', [1, 3, 2, 2], { delivered: 3, duplicates: 1, reordered: 1 }],
    ['the middle of a hole', [6, 3], { delivered: 2, missing: 8, reordered: 1 }],
    ['what is outside', [11, 12, 12, 400], { delivered: 0, missing: 10, duplicates: 0 }],
  ])('knows what became of each message: %s', (_, positions, counts) => {
    expect(outcome(positions)).toMatchObject({ superseded: 0, overflowed: 0, ...counts })
  })

  it('says of each message whether it was new', () => {
    expect(outcome([1, 1, 4, 3, 3, 2]).isNew).toEqual([true, false, true, true, false, true])
  })

  it('counts what a reader of the newest skips as superseded', () => {
    expect(outcome([2, 5, 12], { latestOnly: true })).toMatchObject({ delivered: 2, superseded: 8, missing: 0 })
  })

  it('counts nothing before the windows are known, but remembers what came', () => {
    const ledger = new Ledger()
    const client = new ClientLedger()
    for (const position of [1, 2, 4]) client.accept(position, false, ledger)
    ledger.open([{ first: 4, last: 6 }])
    client.accept(5, false, ledger)
    expect(ledger.counts([client])).toMatchObject({ delivered: 1, missing: 1 })
  })

  it('knows the cursor to resume at, and whether anything up to a position is missing', () => {
    const { client } = outcome([1, 2, 4])
    expect(client.cursor).toBe(4)
    expect([client.hasAllTo(2), client.hasAllTo(4)]).toEqual([false, false])
    client.accept(3, false, new Ledger())
    expect([client.hasAllTo(4), client.hasAllTo(5)]).toEqual([true, false])
  })

  it('gives up the oldest holes where there are too many, says so, and still adds up', () => {
    const odd = Array.from({ length: 1_030 }, (_, index) => 2 * index + 2)
    const windows = [{ first: 1, last: 2_060 }]
    expect(outcome(odd, { windows })).toMatchObject({ delivered: 1_030, missing: 1_030, overflowed: 0 })
    // What was given up comes after all: it can no longer be told from a duplicate, so that the sum still holds.
    expect(outcome([...odd, 1], { windows })).toMatchObject({ delivered: 1_030, missing: 1_030, duplicates: 1, overflowed: 1 })
  })

  it('gives up holes too where one great hole is cut into too many', () => {
    const cuts = Array.from({ length: 1_030 }, (_, index) => 2 * index + 2)
    const windows = [{ first: 1, last: 3_000 }]
    const { overflowed, delivered, missing } = outcome([3_000, ...cuts, 1, 3], { windows })
    expect(overflowed).toBe(2)
    expect(delivered + missing).toBe(3_000)
  })
})

/** What the ledger must say, from a list of all that came. */
function naive(arrivals: readonly { position: number; latestOnly: boolean }[], windows: readonly PositionRange[]) {
  const isIn = (position: number) => windows.some(({ first, last }) => position >= first && position <= last)
  const state = new Map<number, 'delivered' | 'superseded'>()
  const counts = { delivered: 0, missing: 0, superseded: 0, duplicates: 0, reordered: 0 }
  let newest = 0
  for (const { position, latestOnly } of arrivals) {
    const add = (kind: keyof typeof counts) => {
      if (isIn(position)) counts[kind]++
    }
    if (state.has(position)) add('duplicates')
    else {
      add('delivered')
      if (position < newest) add('reordered')
      state.set(position, 'delivered')
      if (latestOnly) for (let skipped = newest + 1; skipped < position; skipped++) state.set(skipped, 'superseded')
    }
    newest = Math.max(newest, position)
  }
  for (let position = 1; position <= 60; position++) {
    if (!isIn(position)) continue
    if (!state.has(position)) counts.missing++
    else if (state.get(position) === 'superseded') counts.superseded++
  }
  return counts
}

describe('the ledger of a driver', () => {
  const anyArrivals = fc.array(fc.record({ position: fc.integer({ min: 1, max: 60 }), latestOnly: fc.boolean() }), {
    maxLength: 80,
  })
  const anyWindows = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 })
    .map((edges) => edges.sort((a, b) => a - b))
    .map((edges) => edges.slice(1).map((edge, index) => ({ first: edges[index] as number, last: edge - 1 })))
    .chain((windows) => fc.subarray(windows, { minLength: 1 }))

  it('adds up whatever is lost, doubled, late or skipped, and is right about each', () => {
    fc.assert(
      fc.property(fc.array(anyArrivals, { minLength: 1, maxLength: 4 }), anyWindows, (clients, windows) => {
        const ledger = new Ledger()
        ledger.open(windows)
        const ledgers = clients.map((arrivals) => {
          const client = new ClientLedger()
          for (const { position, latestOnly } of arrivals) client.accept(position, latestOnly, ledger)
          return client
        })
        const counts = ledger.counts(ledgers)
        const scheduled = windows.reduce((sum, { first, last }) => sum + last - first + 1, 0)
        expect(counts.delivered + counts.missing + counts.superseded).toBe(scheduled * clients.length)
        const expected = clients.map((arrivals) => naive(arrivals, windows))
        const total = (kind: keyof (typeof expected)[number]) => expected.reduce((sum, one) => sum + one[kind], 0)
        expect(counts).toEqual({
          delivered: total('delivered'),
          missing: total('missing'),
          superseded: total('superseded'),
          duplicates: total('duplicates'),
          reordered: total('reordered'),
          overflowed: 0,
        })
      }),
      { numRuns: 400 },
    )
  })

  it('has nothing to count in a window in which nothing is due', () => {
    const ledger = new Ledger()
    ledger.open([{ first: 5, last: 4 }])
    expect(ledger.counts([new ClientLedger()])).toMatchObject({ delivered: 0, missing: 0 })
  })
})
