import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { childrenOf, feedbench, MAIN, readJournal, readResult, start, temporaryFolder, until, writeScenario } from './command.js'
import { canMount, inNamespace } from './namespaces.js'

/** Folders that cannot be written, or not any more: full, read-only, in the way, taken, gone. */

const folder = await temporaryFolder()
const scenario = writeScenario(folder, 'plain', { rounds: 2 })
const plain = writeScenario(folder, 'one')
const isRoot = process.getuid?.() === 0
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--']
const canBeNobody = spawnSync(AS_NOBODY[0] as string, [...AS_NOBODY.slice(1), process.execPath, MAIN, '--version']).status === 0

function expectOneSentence(stderr: string, sentence: RegExp): void {
  expect(stderr).toMatch(/^[^\n]+ \[E_\w+\]\n {2}hint: [^\n]+\n$/)
  expect(stderr).toMatch(sentence)
}

describe('a folder that cannot be written', () => {
  test.each([
    ['below a file', join(folder, 'plain.yaml', 'out'), /a file is in the way where a folder was expected \[E_OUTPUT\]/],
    ['that is a file', join(folder, 'plain.yaml'), /a file is in the way where a folder was expected \[E_OUTPUT\]/],
    ['with an empty name', '', /an empty name \[E_OUTPUT\]/],
    ['with a name that is too long', join(folder, 'x'.repeat(300)), /longer than the file system allows \[E_OUTPUT\]/],
  ])('%s ends with 4 before anything is begun', async (_, out, sentence) => {
    const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', out])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expectOneSentence(stderr, sentence)
  })

  test('because it holds a run ends with 2, also where only a part of one is left', async () => {
    for (const file of ['plan.json', 'trials.ndjson', 'result.json']) {
      const out = join(folder, `taken-${file}`)
      mkdirSync(out)
      writeFileSync(join(out, file), 'mine')
      const { code, stderr } = await feedbench(['run', scenario, '--out', out])
      expect(code).toBe(2)
      expectOneSentence(stderr, new RegExp(`expected a folder without a run, but it has a ${file} \\[E_RUN_EXISTS\\]`))
      expect(readdirSync(out)).toEqual([file])
      expect(readFileSync(join(out, file), 'utf8')).toBe('mine')
    }
  })

  test.skipIf(isRoot && !canBeNobody)(
    'because it is somebody else’s ends with 4 (as root: needs leave to be nobody)',
    async () => {
      const out = join(folder, 'forbidden')
      mkdirSync(out, { mode: 0o555 })
      chmodSync(folder, 0o755)
      const after = isRoot ? `exec ${AS_NOBODY.join(' ')} "$0" "$@"` : 'true'
      for (const path of [out, join(out, 'below')]) {
        const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', path], { after })
        expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
        expectOneSentence(stderr, /but writing there is not permitted \[E_OUTPUT\]/)
      }
      expect(readdirSync(out)).toEqual([])
    },
  )

  test.skipIf(!canMount)('because it is read-only ends with 4 before anything is begun (needs leave to mount)', async () => {
    const out = join(folder, 'read-only')
    mkdirSync(out)
    const before = `mount --bind ${out} ${out} && mount -o remount,ro,bind ${out}`
    for (const path of [out, join(out, 'below')]) {
      const { code, stdout, stderr } = await feedbench(['run', scenario, '--out', path], { after: inNamespace('-m', before) })
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expectOneSentence(stderr, /but the file system is read-only \[E_OUTPUT\]/)
    }
    expect(readdirSync(out)).toEqual([])
  })
})

/** In pages of 4 KiB: the plan of a trial takes one, its line in the journal two, a result with it four or more. */
describe.skipIf(!canMount)('a disk that is full (needs leave to mount)', () => {
  async function runOn(name: string, sizeKib: number, file: string) {
    const [disk, copy] = [join(folder, `${name}.disk`), join(folder, `${name}.copy`)]
    mkdirSync(disk)
    const after = inNamespace('-m', `mount -t tmpfs -o size=${sizeKib}k none ${disk}`, `cp -r ${disk}/out ${copy}`)
    const run = start(['run', file, '--out', join(disk, 'out')], { after })
    return { ...(await run.ended), copy }
  }

  test('for the plan ends with 4 and leaves no half of it', async () => {
    const { code, stderr, copy } = await runOn('plan', 4, writeScenario(folder, 'long-plan', { rounds: 50 }))
    expect(code).toBe(4)
    expectOneSentence(stderr, /plan\.json: expected to write it, but there is no space left on the device \[E_OUTPUT\]/)
    expect(readdirSync(copy)).toEqual([])
  })

  test('for the journal ends with 4, shows what was measured, and cuts the line that did not fit', async () => {
    const { code, stdout, stderr, copy } = await runOn('journal', 8, plain)
    expect(code).toBe(4)
    expectOneSentence(stderr, /trials\.ndjson: expected to write it, but there is no space left on the device \[E_OUTPUT\]/)
    expect(readJournal(copy)).toEqual([])
    expect(readFileSync(join(copy, 'trials.ndjson'), 'utf8')).toBe('')
    expect(readdirSync(copy).sort()).toEqual(['plan.json', 'trials.ndjson'])
    expect(stdout).toMatch(/websocket +\d/)
    expect((await feedbench(['report', copy])).code).toBe(0)
  })

  test('for the result ends with 4, leaves no half of it, and the journal can be reported on', async () => {
    const { code, stderr, copy } = await runOn('result', 16, plain)
    expect(code).toBe(4)
    expectOneSentence(stderr, /result\.json: expected to write it, but there is no space left on the device \[E_OUTPUT\]/)
    expect(readdirSync(copy).sort()).toEqual(['plan.json', 'trials.ndjson'])
    expect(readJournal(copy)).toHaveLength(1)
    expect((await feedbench(['report', copy])).code).toBe(0)
  })
})

describe.skipIf(!existsSync('/dev/full'))('a device that is always full', () => {
  test('behind the journal only keeps the result, which says why it ended', async () => {
    const out = join(folder, 'journal-full')
    const run = start(['run', scenario, '--out', out])
    await until('the plan', () => existsSync(join(out, 'plan.json')))
    symlinkSync('/dev/full', join(out, 'trials.ndjson'))
    const { code, stderr } = await run.ended
    expect(code).toBe(4)
    expect(stderr.match(/\[E_OUTPUT\]/g)).toHaveLength(1)
    expect(readResult(out).trials).toHaveLength(1)
    expect(readResult(out).summary).toMatchObject({ exitCode: 4, endedEarly: expect.stringContaining('E_OUTPUT') })
  })
})

describe('a folder that is deleted while the run goes on', () => {
  test('ends the run with 4 when a trial is to be written, and what was measured is still shown', async () => {
    const out = join(folder, 'deleted')
    const run = start(['run', scenario, '--out', out])
    await until('a trial', () => readJournal(out).length === 1)
    rmSync(out, { recursive: true })
    const { code, stdout, stderr } = await run.ended
    expect(code).toBe(4)
    expectOneSentence(stderr, /expected to write it, but the folder is not there, or not any more \[E_OUTPUT\]/)
    expect(stdout).toMatch(/websocket +\d/)
    expect(existsSync(out)).toBe(false)
    expect(childrenOf(run.pid)).toEqual([])
  })
})
