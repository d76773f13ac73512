import { fileURLToPath } from 'node:url'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { PlannedTrial } from '../model/plan.js'
import { builtInModule, builtInTransports } from '../transports/registry.js'

/** What a member that broke says of itself is kept as the cause of the error: its message, and where in its own code that was. */
export function memberFailed(title: string, message: string, stack: string | null): FeedbenchError {
  const cause = Object.assign(new Error(message), { stack: stack ?? message })
  return new FeedbenchError(
    { code: 'E_MEMBER_FAILED', where: title, message: `expected to do its part, got: ${message}` },
    { cause },
  )
}

/** What ends a run, as its user is told: which process, in which phase of which trial, and whose mistake it was. */
export function explainFailure(
  error: unknown,
  planned: PlannedTrial,
  phase: string,
  part = `trial ${planned.index + 1}`,
): unknown {
  if (!(error instanceof FeedbenchError)) return error
  const problems = error.problems.map((problem) =>
    problem.code.startsWith('E_MEMBER_') || problem.code === 'E_TARGET_DIED'
      ? {
          ...blame(problem, error.cause, planned),
          where: `${problem.where} in the ${phase} phase of ${part} (${planned.label})`,
        }
      : problem,
  )
  return new FeedbenchError(problems, { cause: error.cause })
}

/** What breaks in a member without a plug-in is a bug of ours; with one it is the plug-in's, and the place in its file is what its author needs. */
function blame(problem: Problem, cause: unknown, { module }: PlannedTrial): Problem {
  if (problem.code !== 'E_MEMBER_FAILED') return problem
  if (builtInTransports.some(({ name }) => builtInModule(name) === module)) {
    return { ...problem, code: 'E_BUG', hint: 'please report this, with the command and what it printed' }
  }
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const [, place] = stack.split(module).map((after) => /^(?:\?[^:]*)?(:\d+:\d+)/.exec(after)?.[1])
  const file = fileURLToPath(module)
  return {
    ...problem,
    message: place === undefined ? problem.message : `${problem.message} (${file}${place})`,
    hint: `mend the plug-in ${file}, or run the scenario without it`,
  }
}
