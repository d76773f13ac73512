import { basename, join, relative, sep } from 'node:path'

/** How this process was started. */
export interface Started {
  /** Path of the program as it was started: `process.argv[1]`. */
  script: string
  /** The folder of feedbench's own package.json. */
  root: string
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

/** What to type, where the user stands, to start feedbench again: `feedbench`, `npx feedbench`, or through npm or node in a checkout. */
export function howToStart({ script, root, cwd, env }: Started): string {
  // npm runs the script of a package from its folder, wherever the user stands in it.
  if (env.npm_lifecycle_event === 'feedbench' && env.npm_package_json === join(root, 'package.json'))
    return 'npm run --silent feedbench --'
  if (script.includes(join('node_modules', '.bin') + sep)) return 'npx feedbench'
  if (basename(script).replace(/\.(cmd|ps1)$/, '') === 'feedbench') return 'feedbench'
  return `node ${quoted(relative(cwd, script) || script)}`
}

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
