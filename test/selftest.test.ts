import { describe, expect, test } from 'vitest'
import type { SelftestReport } from '../src/model/selftest.js'
import { childrenOf, feedbench, isRunning, start, until } from './command.js'

/** What the command does around its checks. The checks themselves: .ci/run makes all of them, and test/planted-faults.test.ts shows that they can fail. */

describe('selftest', () => {
  test('is one JSON document with --json, and makes those checks that --only names', async () => {
    const { code, stdout, stderr } = await feedbench(['selftest', '--json', '--only', 'ledger'])
    expect(stderr).toMatch(/^Checking feedbench on this machine, which takes about \d+ s; Ctrl-C ends it\n$/)
    const { checks, passed, thorough } = JSON.parse(stdout) as SelftestReport
    expect({ code, passed, thorough }).toEqual({ code: 0, passed: true, thorough: false })
    expect(checks).toMatchObject([{ name: 'ledger', status: 'pass', reason: null, meaning: null }])
    expect(checks[0]?.comparisons.length).toBeGreaterThan(20)
  })

  test('ends with 3 where nothing could be checked', async () => {
    const { code, stdout } = await feedbench(['selftest', '--only', 'capture'], { env: { PATH: '/nonexistent' } })
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /^ {2}skipped {2}capture {9}tcpdump is not installed\n\nNothing could be checked\. Not checked: capture\.\nChecked for .*\n$/,
    )
  })

  test('is interrupted with 130, and leaves no process', async () => {
    const selftest = start(['selftest', '--only', 'drivers'])
    const seen = new Set<number>()
    await until('its processes', () => {
      for (const { pid, title } of childrenOf(selftest.pid)) if (title.startsWith('feedbench')) seen.add(pid)
      return seen.size >= 3
    })
    selftest.child.kill('SIGINT')
    const { code, stdout, stderr } = await selftest.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(/\nselftest: expected .* interrupted \[E_INTERRUPTED\]\n {2}hint: .*\n$/)
    await until('its processes to end', () => [...seen].every((pid) => !isRunning(pid)), 3_000)
  })

  test.each(['nothing', 'polling,nothing', ''])('has no --only %j', async (only) => {
    const { code, stderr } = await feedbench(['selftest', `--only=${only}`])
    expect(code).toBe(2)
    expect(stderr).toMatch(/E_USAGE\]\n {2}hint: /)
  })
})
