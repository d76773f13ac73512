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
  const headers = publish.headers.map(([name, value]): [string, string] => [
    name,
    expand(value, `target.publish.headers.${name}`, environment),
  ])
  return { ...publish, headers }
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
