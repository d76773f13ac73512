import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { untilMade } from './kernel-link.js'

/** In place of what makes the link: a shell in a group of its own. */
const started: ChildProcess[] = []
function holder(script: string): ChildProcess {
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  started.push(child)
  return child
}
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

describe('a link of the kernel', () => {
  it('is there when its holder says so', async () => {
    await expect(untilMade(holder('echo ready; exec cat'), 60_000)).resolves.toBeUndefined()
  })

  it('is not made where its holder ends, which says why', async () => {
    await expect(untilMade(holder('echo "Error: no qdisc" >&2; exit 2'), 60_000)).rejects.toThrow(
      'network.tier: expected a link from the kernel, got: Error: no qdisc [E_NETEM]',
    )
  })

  it('is not waited for without end: what hangs is ended, with what it has started', async () => {
    const hanging = holder('echo $$ >&2; sleep 600; true')
    await once(hanging.stderr as NonNullable<ChildProcess['stderr']>, 'readable')
    const ended = once(hanging, 'close')
    await expect(untilMade(hanging, 50)).rejects.toThrow(
      `unshare, ip and tc had not made it after 0.05 s, the last that they said was: ${hanging.pid} [E_NETEM]`,
    )
    // Its streams are closed only when nobody holds them any more, the sleep included.
    expect(await ended).toEqual([null, 'SIGKILL'])
  })
})
