/**
 * Every error that a user can meet, in one table. docs/errors.md documents each code; a test holds the two in step.
 * `exitCode` is what the command ends with when nothing worse happened.
 */
export const ERROR_CODES = {
  E_USAGE: { exitCode: 2, meaning: 'The command line is not understood.' },
  E_FILE_NOT_FOUND: { exitCode: 2, meaning: 'A file that was named does not exist or cannot be read.' },
  E_FILE_TOO_LARGE: { exitCode: 2, meaning: 'A file is larger than feedbench is willing to read.' },
  E_FILE_EXISTS: { exitCode: 2, meaning: 'A file that was to be written is there already.' },
  E_YAML: { exitCode: 2, meaning: 'The scenario is not well-formed YAML.' },
  E_YAML_ALIASES: { exitCode: 2, meaning: 'The scenario expands YAML aliases beyond the limit.' },
  E_UNKNOWN_KEY: { exitCode: 2, meaning: 'The scenario has a key that feedbench does not know.' },
  E_MISSING_KEY: { exitCode: 2, meaning: 'The scenario lacks a key that is needed.' },
  E_TYPE: { exitCode: 2, meaning: 'A value has the wrong type.' },
  E_UNIT: { exitCode: 2, meaning: 'A quantity has no unit, or one that does not fit.' },
  E_RANGE: { exitCode: 2, meaning: 'A value is outside its limits.' },
  E_VALUE: { exitCode: 2, meaning: 'A value is none of those allowed.' },
  E_UNKNOWN_TRANSPORT: { exitCode: 2, meaning: 'There is no transport of that name.' },
  E_DUPLICATE_LABEL: { exitCode: 2, meaning: 'Two entries of the scenario are the same transport with the same options.' },
  E_PLUGIN: { exitCode: 2, meaning: 'A transport plug-in cannot be loaded or is not a transport.' },
  E_MATRIX: { exitCode: 2, meaning: 'An axis of the matrix names nothing that can vary, or has too many values.' },
  E_THRESHOLD: { exitCode: 2, meaning: 'A threshold cannot be read or selects nothing.' },
  E_TRACE: { exitCode: 2, meaning: 'A trace cannot be read, or is too short for the phases.' },
  E_GATE: { exitCode: 2, meaning: 'The rules of a gate are such that it could never decide.' },
  E_GATE_SIDE: { exitCode: 2, meaning: 'A side of a gate is no server that can be started.' },
  E_GATE_RESUME: { exitCode: 2, meaning: 'A gate that is to go on is not the one that was begun.' },
  E_BASELINE: { exitCode: 2, meaning: 'A stored baseline is not there, or not fit for what is asked of it.' },
  E_NETEM: { exitCode: 2, meaning: 'The scenario wants its link from the kernel, which does not make it, or not like that.' },
  E_TARGET_REMOTE: { exitCode: 2, meaning: 'The server under test is on another machine, which has to be allowed.' },
  E_TARGET_TRANSPORT: { exitCode: 2, meaning: 'The server under test has no path for a transport of the scenario.' },
  E_CODEC: { exitCode: 2, meaning: 'A codec module cannot be loaded or is none.' },
  E_TOO_MUCH: { exitCode: 2, meaning: 'The scenario asks for more than feedbench is willing to try.' },
  E_RUN_EXISTS: { exitCode: 2, meaning: 'The output folder already holds a plan.' },
  E_NOT_A_RUN: { exitCode: 2, meaning: 'The path is neither a run folder nor a result.' },
  E_RESULT_SCHEMA: { exitCode: 2, meaning: 'A result file does not have the shape of a result.' },
  E_NOT_COMPARABLE: { exitCode: 2, meaning: 'Two runs did not measure the same thing.' },
  E_FORMAT: { exitCode: 2, meaning: 'There is no report in that format.' },
  E_OUTPUT: { exitCode: 4, meaning: 'A folder or a file cannot be written.' },
  E_LIMIT_DESCRIPTORS: { exitCode: 4, meaning: 'The clients need more file descriptors than a process may open.' },
  E_LIMIT_PORTS: { exitCode: 4, meaning: 'The clients need more source ports than the addresses offer.' },
  E_LIMIT_MEMORY: { exitCode: 4, meaning: 'The clients need more memory than the machine has free.' },
  E_LIMIT_THREADS: { exitCode: 4, meaning: 'The processes of a run need more threads than may be started.' },
  E_PORT_TAKEN: { exitCode: 4, meaning: 'The port to listen on is in use.' },
  E_LISTEN: { exitCode: 4, meaning: 'The server cannot listen at that address.' },
  E_MEMBER_DIED: { exitCode: 4, meaning: 'A process of the run ended before its trial was over.' },
  E_MEMBER_TIMEOUT: { exitCode: 4, meaning: 'A process of the run did not answer before its deadline.' },
  E_MEMBER_VERSION: { exitCode: 2, meaning: 'A process of another version of feedbench speaks another protocol.' },
  E_MEMBER_FAILED: { exitCode: 4, meaning: 'A process of the run reported an error.' },
  E_TARGET_NOT_READY: { exitCode: 4, meaning: 'The server under test did not start, or was not ready in time.' },
  E_TARGET_DIED: { exitCode: 4, meaning: 'The server under test ended before its trial was over.' },
  E_INTERRUPTED: { exitCode: 130, meaning: 'The run was interrupted; what had finished was kept.' },
  E_BUG: { exitCode: 70, meaning: 'feedbench did something that it should not have: please report it.' },
} as const satisfies Record<string, { exitCode: number; meaning: string }>

export type ErrorCode = keyof typeof ERROR_CODES

/** One thing that is wrong: where, what was expected and what came, and what to do. */
export interface Problem {
  code: ErrorCode
  /** `file:line:column`, a path, an option, or the name of a process, with the phase that it was in. */
  where: string
  /** What was expected, and what came. */
  message: string
  /** What to do about it. */
  hint?: string
}

/** The only error that is shown to a user as it is; all problems that are known at once. */
export class FeedbenchError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[] | Problem, options?: ErrorOptions) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map(formatProblem).join('\n'), options)
    this.name = 'FeedbenchError'
    this.problems = list
  }

  get exitCode(): number {
    return worstExitCode(this.problems.map((problem) => ERROR_CODES[problem.code].exitCode))
  }
}

/** `where: what was expected, what came [E_CODE]`, then `hint: what to do` on a line of its own. */
export function formatProblem(problem: Problem): string {
  const line = `${problem.where}: ${problem.message} [${problem.code}]`
  return problem.hint === undefined ? line : `${line}\n  hint: ${problem.hint}`
}

/** Where several exit codes hold, the first of this list counts. */
const EXIT_CODE_PRECEDENCE = [130, 70, 4, 3, 2, 1, 0] as const

/** The exit code that counts where several hold; 0 where none does. */
export function worstExitCode(codes: readonly number[]): number {
  return EXIT_CODE_PRECEDENCE.find((code) => codes.includes(code)) ?? 0
}
