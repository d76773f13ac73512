import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT, temporaryFolder } from './command.js'

/** Another package, in which feedbench is installed as npm would pack it. */
export interface Consumer {
  folder: string
  /** Runs node there; what it printed, both streams together. */
  node(args: readonly string[]): Promise<{ code: number | null; output: string }>
  /** What the compiler says of JavaScript files there, under its strictest rules; nothing where all is well. */
  compilerSays(files: readonly string[]): Promise<string>
}

export async function installElsewhere(): Promise<Consumer> {
  const folder = await temporaryFolder()
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  execFileSync('tar', ['-xzf', join(folder, packed.trim().split('\n').at(-1) ?? ''), '-C', folder])
  cpSync(join(folder, 'package'), join(modules, 'feedbench'), { recursive: true })
  // What npm would install with it, and nothing that only its developers need, but for the types of Node.
  for (const path of [...installedWithIt(), 'node_modules/@types/node', 'node_modules/undici-types']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    symlinkSync(join(ROOT, path), join(folder, path))
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }))
  const node: Consumer['node'] = (args) => runNode(folder, args)
  return {
    folder,
    node,
    async compilerSays(files) {
      const options = {
        strict: true,
        noEmit: true,
        allowJs: true,
        checkJs: true,
        target: 'ES2023',
        module: 'NodeNext',
        types: ['node'],
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
      return (await node([join(ROOT, 'node_modules/typescript/bin/tsc')])).output
    },
  }
}

/** Direct and indirect dependencies, by their places; those within others come along with these. */
function installedWithIt(): string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>
  }
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path.lastIndexOf('node_modules/') === 0 && dev !== true && optional !== true)
    .map(([path]) => path)
}

function runNode(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env
  const child = spawn(process.execPath, args, { cwd, env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}
