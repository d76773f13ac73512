import { FeedbenchError } from '../model/errors.js'
import type { PlannedTarget, TargetPublish } from '../model/target.js'

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

type Environment = Readonly<Record<string, string | undefined>>

/** A target as its process is told: `${NAME}` in a value of `env` is what the environment of the command has. */
export function expandTarget(target: PlannedTarget, environment: Environment = process.env): PlannedTarget {
  if (target.process === null) return target
  const entries = Object.entries(target.process.env)
  const env = Object.fromEntries(entries.map(([name, value]) => [name, expand(value, `target.env.${name}`, environment)]))
  return { ...target, process: { ...target.process, env } }
}

/** The same for the headers of what is published, which may have a secret: it stands in no plan and no result. */
export function expandPublish(publish: TargetPublish, environment: Environment = process.env): TargetPublish {
  const headers = publish.headers.map(([name, value]): [string, string] => {
    const where = `target.publish.headers.${name}`
    const expanded = expand(value, where, environment)
    if (!PRINTABLE.test(expanded)) throw notPrintable(where)
    return [name, expanded]
  })
  return { ...publish, headers }
}

/** A line break, as files with a secret end with, would begin another header. */
const PRINTABLE = /^[\t\x20-\x7e]*$/

/** Without the value, which may be a secret. */
function notPrintable(where: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_VALUE',
    where,
    message: 'expected printable ASCII without line breaks, got something else from the environment',
    hint: 'see whether the variable ends with a line break: set it anew without one',
  })
}

function expand(value: string, where: string, environment: Environment): string {
  return value.replaceAll(REFERENCE, (_, name: string) => {
    const found = environment[name]
    if (found !== undefined) return found
    throw new FeedbenchError({
      code: 'E_VALUE',
      where,
      message: `expected a variable ${name} in the environment, got none`,
      hint: `set it for the command, as in ${name}=... feedbench run ...`,
    })
  })
}
