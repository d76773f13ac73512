import { readdirSync, readFileSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../src/model/errors.js'
import { REASON_CODES } from '../src/model/verdict.js'

/** The rules of the house that neither the compiler nor the linter knows. Each says what it wants to see. */

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files over 250 lines, and why each is better whole. */
const LONG_FILES: Record<string, string> = {}

/** Codes of the table that nothing in src reports yet. It only ever gets shorter. */
const UNUSED_ERROR_CODES: string[] = []

const sources = filesBelow('src', '.ts')
const shipped = sources.filter((file) => !/\.test\.ts$|^src\/testing\//.test(file))
const everything = [...sources, ...filesBelow('test', '.ts'), ...filesBelow('scripts', '.mjs')]

test('there is something to look at', () => {
  expect(shipped.length).toBeGreaterThan(50)
})

describe('only', () => {
  test('measure/clock.ts reads a clock', () => {
    const clock =
      /\bhrtime(\(|\.bigint)|\bperformance\.(now|timeOrigin)\b|\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\)|\bprocess\.uptime\b/
    expect(shipped.filter((file) => clock.test(codeOf(file)))).toEqual(['src/measure/clock.ts'])
  })

  test('main.ts ends the process', () => {
    const exit = /\bprocess\.(exit|reallyExit|abort)\(/
    expect(shipped.filter((file) => exit.test(codeOf(file)) && file !== 'src/main.ts')).toEqual([])
  })
})

describe('no file', () => {
  test('is called after nothing in particular', () => {
    expect(everything.filter((file) => /^(utils?|helpers?|misc|common)\./.test(basename(file)))).toEqual([])
  })

  test('is over 400 lines, or over 250 without a reason', () => {
    const long = everything.map((file) => ({ file, lines: read(file).split('\n').length - 1 })).filter(({ lines }) => lines > 250)
    expect(long.filter(({ lines }) => lines > 400)).toEqual([])
    expect(long.map(({ file }) => file).sort()).toEqual(Object.keys(LONG_FILES).sort())
  })

  test('has a type that says nothing, or tells the compiler to look away', () => {
    const blind = /@ts-(ignore|nocheck|expect-error)/
    expect(everything.filter((file) => blind.test(commentsOf(file)) || (file.endsWith('.ts') && saysAny(file)))).toEqual([])
  })

  test('has work left over', () => {
    const later = /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/
    expect(everything.filter((file) => later.test(read(file)))).toEqual([])
  })

  test('has a test that runs alone, or never', () => {
    const focus = /\b(it|test|describe|suite|bench)\.(only|skip|todo|fails)\b/
    expect(everything.filter((file) => focus.test(codeOf(file)))).toEqual([])
  })
})

describe('documented', () => {
  test.each([
    ['error', 'docs/errors.md', Object.keys(ERROR_CODES)],
    ['reason', 'docs/verdicts.md', Object.keys(REASON_CODES)],
  ])('is every %s code in %s, with meaning, cause and what to do', (_, page, codes) => {
    const entries = read(page).split(/^### /m).slice(1)
    expect(entries.map((entry) => /^`([A-Z_]+)`\n/.exec(entry)?.[1])).toEqual(codes)
    for (const entry of entries) {
      expect(entry).toMatch(/^`[A-Z_]+`\n\n\S[\s\S]+\n\n\*\*Usual cause\.\*\* \S[\s\S]+\n\n\*\*What to do\.\*\* \S/)
    }
  })

  test('is each meaning in the words of the table', () => {
    const [errors, verdicts] = [read('docs/errors.md'), read('docs/verdicts.md')]
    for (const [code, { meaning, exitCode }] of Object.entries(ERROR_CODES)) {
      expect(errors).toContain(`### \`${code}\`\n\n${meaning} Exit code ${exitCode}.`)
    }
    for (const [code, meaning] of Object.entries(REASON_CODES)) expect(verdicts).toContain(`### \`${code}\`\n\n${meaning}`)
  })
})

test('every error code is reported somewhere', () => {
  const code = shipped
    .filter((file) => file !== 'src/model/errors.ts')
    .map(codeOf)
    .join('\n')
  expect(Object.keys(ERROR_CODES).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual(UNUSED_ERROR_CODES)
})

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(root, `${entry.parentPath}/${entry.name}`).replaceAll('\\', '/'))
    .sort()
}

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8')
}

/** Without comments and types. */
function codeOf(file: string): string {
  const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext }
  return ts.transpileModule(read(file), { compilerOptions }).outputText
}

/** Lines that begin or go on with a comment; enough for directives to the compiler. */
function commentsOf(file: string): string {
  return (
    read(file)
      .match(/^\s*(\/\/|\/?\*).*$/gm)
      ?.join('\n') ?? ''
  )
}

function saysAny(file: string): boolean {
  const visit = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.AnyKeyword || (ts.forEachChild(node, visit) ?? false)
  return visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.ESNext))
}
