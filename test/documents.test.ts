import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../dist/scenario/read.js'
import { ERROR_CODES, worstExitCode } from '../src/model/errors.js'
import { feedbench, ROOT } from './command.js'
import { blocksOf, DOCUMENTS, proseOf, textOf } from './documents.js'

/** What the documents say of the program is what the program says of itself. */

const readme = textOf('README.md')

describe('the commands of README', () => {
  const rows = [...readme.matchAll(/^\| `([a-z-]+)([^`]*)` \|/gm)].map(([, name, usage]) => ({
    name: name as string,
    usage: usage as string,
  }))
  const section = readme.slice(readme.indexOf('\n## Commands\n'), readme.indexOf('\n## Transports\n'))
  const commands = rows.filter(({ name, usage }) => section.includes(`| \`${name}${usage}\` |`))

  test('are those of --help', async () => {
    const { stdout } = await feedbench(['--help'])
    const inHelp = [...stdout.matchAll(/^ {2}feedbench ([a-z-]+)/gm)].map(([, name]) => name)
    expect(commands.map(({ name }) => name).sort()).toEqual(inHelp.sort())
  })

  test.each(commands)('have the options of $name --help', async ({ name, usage }) => {
    // It prints a script, whatever else is said.
    const { stdout } = name === 'completion' ? { stdout: '' } : await feedbench([name, '--help'])
    const options = [...(stdout.split('\nOptions:\n')[1]?.split('\nExamples:')[0] ?? '').matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)]
    const inHelp = options.map(([, option]) => option).filter((option) => option !== 'help' && option !== 'version')
    expect([...usage.matchAll(/--([a-z-]+)/g)].map(([, option]) => option).sort()).toEqual(inHelp.sort())
  })
})

test('the exit codes of README are those of the table, in the same precedence', () => {
  const [, list = '', precedence = ''] = /Exit codes: ([^.]+)\. Where several hold: ([\d,\s]+)\./.exec(readme) ?? []
  const codes = list.split(', ').map((part) => Number.parseInt(part, 10))
  const known = new Set([0, 1, 3, ...Object.values(ERROR_CODES).map(({ exitCode }) => exitCode)])
  expect(codes).toEqual([...known].sort((a, b) => a - b))
  const inOrder = precedence.split(',').map(Number)
  expect([...inOrder].sort((a, b) => a - b)).toEqual(codes)
  for (let left = [...inOrder]; left.length > 0; left = left.slice(1)) expect(worstExitCode([...left].reverse())).toBe(left[0])
})

test('the scenarios of README are the files of scenarios, and each is called like its file', async () => {
  const [, table = ''] = readme.split('| scenario | asks |\n|---|---|\n')
  const names = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `([\w-]+)` \| \S/gm)].map(([, name]) => name as string)
  const files = readdirSync(join(ROOT, 'scenarios')).filter((file) => file.endsWith('.yaml'))
  expect(names.map((name) => `${name}.yaml`).sort()).toEqual(files.sort())
  for (const name of names)
    expect(readFileSync(join(ROOT, 'scenarios', `${name}.yaml`), 'utf8')).toMatch(new RegExp(`^name: ${name}$`, 'm'))
})

test('the page of published results has each of them', () => {
  const sections = [...textOf('docs/published.md').matchAll(/^## (.+)$/gm)].map(([, name]) => `${name}.yaml`)
  expect(sections.sort()).toEqual(readdirSync(join(ROOT, 'scenarios/published')).sort())
})

describe('an example of a scenario', () => {
  const examples = DOCUMENTS.flatMap((document) => blocksOf(document, 'yaml').map((text) => ({ document, text })))
  const whole = examples.filter(({ text }) => /^name:/m.test(text))

  test('is there', () => {
    expect(whole.map(({ document }) => document)).toContain('README.md')
  })

  test.each(whole)('in $document is one', async ({ document, text }) => {
    const { loadPoints, transports } = await readScenario(text, { file: join(ROOT, document) })
    expect(loadPoints.length * transports.length).toBeGreaterThan(0)
    const [, schema] = /yaml-language-server: \$schema=(\S+)/.exec(text) ?? []
    if (schema !== undefined) expect(existsSync(join(ROOT, dirname(document), schema))).toBe(true)
  })
})

describe('the links of', () => {
  test.each(DOCUMENTS)('%s lead somewhere', (document) => {
    const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string)
    const broken = links.filter((target) => {
      if (/^[a-z]+:/.test(target)) return false
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      if (!existsSync(join(ROOT, file))) return true
      return anchor !== undefined && !anchorsOf(file).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('the documents are many', () => {
    expect(DOCUMENTS).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/errors.md', 'docs/decisions/README.md']),
    )
  })
})

test('every decision is in the list of decisions', () => {
  const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md')
  const links = [...textOf('docs/decisions/README.md').matchAll(/^\d+\. \[(.+)\]\((.+)\)$/gm)]
  expect(links.map(([, , page]) => page)).toEqual(pages.sort())
  for (const [index, [, title, page]] of links.entries()) {
    expect(textOf(`docs/decisions/${page}`).split('\n')[0]).toBe(`# ${index + 1}. ${title}`)
    expect(textOf(`docs/decisions/${page}`)).toMatch(
      /\*\*Context\.\*\*[\s\S]+\*\*Decision\.\*\*[\s\S]+\*\*Reason[\s\S]+\*\*Consequences\.\*\*/,
    )
  }
})

test('every licence of a dependency lets feedbench be used under its own', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { license?: string; dev?: boolean }>
  }
  const permissive = [
    'MIT',
    'ISC',
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
    '(MIT AND Zlib)',
    'MIT OR Apache-2.0',
  ]
  // Used to build and test, and not passed on.
  const forDevelopment = [...permissive, 'MPL-2.0']
  const others = Object.entries(packages).filter(
    ([path, { license = 'none', dev }]) => path !== '' && !(dev ? forDevelopment : permissive).includes(license),
  )
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
})

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  if (!file.endsWith('.md')) return []
  const headings = [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => (heading as string).toLowerCase())
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}
