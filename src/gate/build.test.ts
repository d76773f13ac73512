import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { feedbenchBuild, revisionOf, trackedBuild } from './build.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedbench-test-'))
  await mkdir(join(folder, 'dist', 'server'), { recursive: true })
  await write('dist/main.js', '1')
  await write('dist/server/serve.js', '2')
})
afterEach(() => rm(folder, { recursive: true }))

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await writeFile(join(folder, name), text)
}

const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'node_modules/.package-lock.json']

describe('the build of a feedbench', () => {
  test('is what its programs are, wherever they lie; tests and types are none of it', async () => {
    const build = await feedbenchBuild(folder)
    expect(build).toMatch(/^[0-9a-f]{64}$/)
    await write('dist/server/serve.test.js', '3')
    await write('dist/main.d.ts', '4')
    expect(await feedbenchBuild(folder)).toBe(build)
    await write('dist/server/serve.js', '5')
    expect(await feedbenchBuild(folder)).not.toBe(build)
  })

  test.each(LOCKS)('is another with other packages, as %s says', async (lock) => {
    const build = await feedbenchBuild(folder)
    await write(lock, '{}')
    const locked = await feedbenchBuild(folder)
    expect(locked).not.toBe(build)
    expect(await feedbenchBuild(folder)).toBe(locked)
    await write(lock, '{"packages":{}}')
    expect(await feedbenchBuild(folder)).not.toBe(locked)
  })

  test('is not known where there is none', async () => {
    expect(await feedbenchBuild(join(folder, 'dist'))).toBeNull()
  })
})

describe.skipIf(spawnSync('git', ['--version']).status !== 0)('the build of a folder that git knows', () => {
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@localhost', ...words], { encoding: 'utf8' })

  test('is that of the files that git knows: what a server writes there is no other build', async () => {
    expect([await trackedBuild(folder), await revisionOf(folder)]).toEqual([null, null])
    git('init', '--quiet')
    git('add', '.')
    git('commit', '--quiet', '-m', 'first')
    const build = await trackedBuild(folder)
    await write('server.log', 'started')
    expect(await trackedBuild(folder)).toBe(build)
    expect(await revisionOf(folder)).toBe(git('rev-parse', 'HEAD').trim())
    // What is installed git does not know, and it is served all the same.
    await write('node_modules/.package-lock.json', '{"packages":{}}')
    const installed = await trackedBuild(folder)
    expect(installed).not.toBe(build)
    await write('node_modules/ws/index.js', '7')
    expect(await trackedBuild(folder)).toBe(installed)
    await write('dist/main.js', '6')
    expect(await trackedBuild(folder)).not.toBe(installed)
    expect(await revisionOf(folder)).toBe(`${git('rev-parse', 'HEAD').trim()} with changes`)
  })
})
