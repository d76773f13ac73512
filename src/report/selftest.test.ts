import { describe, expect, it } from 'vitest'
import type { SelftestCheck, SelftestReport } from '../model/selftest.js'
import { renderSelftestCheck, renderSelftestEnd } from './selftest.js'

const OPTIONS = { colour: false, width: 120 }
const mean = { what: 'mean', unit: 'us', measured: 151e3, expected: 150e3, least: 148e3, most: 156e3, isWithin: true } as const
const p99 = { what: 'p99', unit: 'us', measured: 297_100, expected: 297e3, least: 290e3, most: 320e3, isWithin: true } as const
const passed: SelftestCheck = {
  name: 'polling',
  status: 'pass',
  comparisons: [p99, mean],
  notes: [],
  reason: null,
  meaning: null,
  tookUs: 8e6,
}
const failed: SelftestCheck = {
  ...passed,
  name: 'stall',
  status: 'fail',
  comparisons: [mean, { ...p99, what: 'p99 of sse', measured: 900, isWithin: false }],
  notes: ['sse: measured twice, since at first p99 of sse was off'],
  meaning: 'a server that stalls looks faster than it is',
}
const skipped: SelftestCheck = {
  ...passed,
  name: 'capture',
  status: 'skipped',
  comparisons: [],
  reason: 'tcpdump is not installed',
}
const unclear: SelftestCheck = {
  ...passed,
  name: 'delay',
  status: 'inconclusive',
  reason: 'the machine was disturbed both times',
}

const endOf = (checks: SelftestCheck[]) => {
  const report: SelftestReport = { feedbench: { version: '1' }, thorough: false, passed: false, tookUs: 12e6, checks }
  return renderSelftestEnd(report, OPTIONS)
}

describe('a check of the self-test', () => {
  it('has a line with the comparison that came closest to its limits', () => {
    expect(renderSelftestCheck(passed, OPTIONS)).toMatchInlineSnapshot(`
      "  pass     polling         worst of 2: mean: 151 ms for 150 ms (148 ms to 156 ms)
      "
    `)
  })

  it('that failed shows all that is off, and what that means', () => {
    expect(renderSelftestCheck(failed, OPTIONS)).toMatchInlineSnapshot(`
      "  FAIL     stall           p99 of sse: 900 us for 297 ms (290 ms to 320 ms)
                                 your results: a server that stalls looks faster than it is
                                 sse: measured twice, since at first p99 of sse was off
      "
    `)
  })

  it('that was skipped, or could not be told, says why', () => {
    expect(renderSelftestCheck(skipped, OPTIONS)).toBe('  skipped  capture         tcpdump is not installed\n')
    expect(renderSelftestCheck(unclear, OPTIONS)).toBe('  unclear  delay           the machine was disturbed both times\n')
  })

  it('shows limits and exact figures as such', () => {
    const exact = { ...mean, unit: 'count', measured: 3, expected: 3, least: 3, most: 3 } as const
    const limit = { ...mean, unit: 'bytes', measured: 3, expected: null, least: null, most: 4 } as const
    expect(renderSelftestCheck({ ...passed, comparisons: [exact] }, OPTIONS)).toContain('mean: 3 for exactly 3\n')
    expect(renderSelftestCheck({ ...passed, comparisons: [limit] }, OPTIONS)).toContain('mean: 3 B, at most 4 B\n')
  })
})

describe('the end of the self-test', () => {
  it.each([
    ['all passed', [passed], /^\n1 of 1 passed\.\nChecked for 12\.0 s\.\n$/],
    ['one was skipped', [passed, skipped], /^\n1 of 1 passed\. Not checked: capture\.\n/],
    ['one failed', [passed, failed, unclear], /^\n1 of 3 failed: stall\.\n/],
    ['one could not be told', [passed, unclear], /^\nNothing failed, but the machine was too disturbed to tell: delay\./],
    ['nothing could be made', [skipped], /^\nNothing could be checked\. Not checked: capture\.\n/],
  ])('says where %s so', (_, checks, text) => {
    expect(endOf(checks)).toMatch(text)
  })
})
