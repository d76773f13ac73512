import { parseArgs } from 'node:util'

/**
 * What the command line of a script says, as `parseArgs` has it. Where it cannot be read, or `--help` is asked for, the process ends: with a sentence and 2, or with `usage` and 0.
 */
export function readCommandLine(usage, config) {
  try {
    const line = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean', default: false } } })
    if (!line.values.help) return line
    process.stdout.write(`${usage}\n`)
  } catch (error) {
    refuse(error.message, usage)
  }
  process.exit(0)
}

/** Ends the process with 2 and what was expected, as feedbench's own commands do. */
export function refuse(message, usage) {
  process.stderr.write(`command line: ${message} [E_USAGE]\n  hint: ${usage}\n`)
  process.exit(2)
}
