import { expect, test } from 'vitest'
import { cli } from './cli.js'

/** Exit code and all that was said: with --json an error is on stdout too. */
async function usage(args: string[]): Promise<{ code: number; said: string }> {
  let said = ''
  const write = (text: string) => (said += text)
  const code = await cli(args, {
    stdout: { write },
    stderr: { write },
    env: {},
    onInterrupt: () => {},
  })
  return { code, said }
}

test.each([
  [
    ['compare', 'a', 'b', '--json', '--format', 'html'],
    /"code":"E_USAGE","where":"--format","message":"expected json beside --json, got /,
  ],
  [['baseline', 'list', 'main'], /^command line: expected nothing behind baseline list, got "main" too \[E_USAGE\]/],
  [['baseline', 'show', 'main', '--name', 'other'], /^command line: expected one name behind baseline show, got "--name" too/],
])('%j is refused, not ignored in a part', async (args, message) => {
  const { code, said } = await usage(args)
  expect(code).toBe(2)
  expect(said).toMatch(message)
})
