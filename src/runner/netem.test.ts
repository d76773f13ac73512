import { describe, expect, it } from 'vitest'
import { netemWay, really } from './netem.js'

/** A machine on which some programs are missing, and some commands fail with a sentence. */
function machine({ missing = [] as string[], failing = {} as Record<string, string> }) {
  return (words: readonly string[]) => {
    const line = words.join(' ')
    const [, sentence] = Object.entries(failing).find(([part]) => line.includes(part)) ?? []
    const isMissing = missing.includes(words[0] ?? '')
    return { status: isMissing ? null : sentence === undefined ? 0 : 1, stderr: sentence ?? '', isMissing }
  }
}

const NOT_ROOT = { 'unshare --net': 'unshare: unshare failed: Operation not permitted\n' }

describe('whether the kernel emulates links', () => {
  it('is found out by making one', () => {
    expect(netemWay(machine({}), 'linux')).toBe('root')
    expect(netemWay(machine({ failing: NOT_ROOT }), 'linux')).toBe('user')
  })

  it.each([
    ['another system', machine({}), 'darwin', 'netem is a part of Linux, and this is darwin'],
    ['a machine without tc', machine({ missing: ['tc'] }), 'linux', 'there is no tc here (iproute2)'],
    ['a machine without nsenter', machine({ missing: ['nsenter'] }), 'linux', 'there is no nsenter here (util-linux)'],
    [
      'a user who may not',
      machine({
        failing: { ...NOT_ROOT, '--map-root-user': 'unshare: write failed /proc/self/uid_map: Operation not permitted' },
      }),
      'linux',
      'this user may not have a network namespace: unshare: unshare failed: Operation not permitted; unshare: write failed /proc/self/uid_map: Operation not permitted',
    ],
    [
      'a kernel without the module',
      machine({ failing: { tc: 'Error: Specified qdisc kind is unknown.\n' } }),
      'linux',
      'the kernel has no netem (sch_netem): Error: Specified qdisc kind is unknown.',
    ],
    [
      'a kernel that refuses for a reason of its own',
      machine({ failing: { 'qdisc add': 'RTNETLINK answers: Operation not permitted\n' } }),
      'linux',
      'the kernel refused a link: RTNETLINK answers: Operation not permitted',
    ],
  ] as const)('is denied on %s, with the reason', (_, attempt, platform, why) => {
    expect(netemWay(attempt, platform)).toEqual({ why })
  })
})

describe('a program that does not end', () => {
  it('is ended, and that is the reason', () => {
    const late = really(['sleep', '600'], 50)
    expect(late).toEqual({ status: null, stderr: 'sleep 600 had not ended after 0.05 s', isMissing: false })
    expect(netemWay(() => late, 'linux')).toEqual({ why: late.stderr })
    expect(really(['no-such-program'], 50)).toMatchObject({ status: null, isMissing: true })
  })
})
