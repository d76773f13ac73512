import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './command.js'
import { errorsOf, expectKept, heldIn } from './phases.js'

/** A process that is stopped and never continued: the run waits for as long as it said, and ends. */

const folder = await temporaryFolder()

describe.concurrent('suspended for good,', () => {
  test.each([
    ['server', 'close', 'collect'],
    ['driver 1', 'launch', 'be ready'],
    ['driver 1', 'drain', 'drain'],
  ] as const)(
    'the %s ends the run with 4 in its %s phase, and a sentence that says so',
    async (who, phase, asked) => {
      // The phase before lasts until its end by itself: what is asked next is not answered.
      const held = await heldIn(folder, phase === 'close' ? 'drain' : phase, `${who}-${phase}`)
      const { pid } = held.members.find(({ title }) => title === `feedbench ${who}`) as { pid: number }
      process.kill(pid, 'SIGSTOP')
      const ended = await expectKept(held)
      expect(ended.code).toBe(4)
      const [sentence, hint] = errorsOf(ended).split('\n')
      expect(sentence).toMatch(
        new RegExp(
          `^feedbench ${who} in the ${phase} phase of trial 2 \\(slow\\): expected an answer to "${asked}" within \\d+ s, got none: the process is suspended \\[E_MEMBER_TIMEOUT\\]$`,
        ),
      )
      expect(hint).toBe('  hint: see who stops processes here (SIGSTOP, a debugger, a container that is paused)')
    },
    240_000,
  )
})
