import { spawnSync } from 'node:child_process'

const SETPRIV = ['--pdeathsig', 'KILL', '--']

/**
 * Words before a command that have the kernel end it when the process that starts it is gone; none where the system has nothing of the kind.
 * Looked for once.
 */
export const DIE_WITH_PARENT = {
  found: null as string[] | null,
  get words(): string[] {
    this.found ??= process.platform === 'linux' && works('setpriv', ...SETPRIV, 'true') ? ['setpriv', ...SETPRIV] : []
    return this.found
  },
}

/** Whether a program is there and does what it is asked to. */
export function works(command: string, ...words: string[]): boolean {
  return spawnSync(command, words, { stdio: 'ignore', timeout: 2_000 }).status === 0
}
