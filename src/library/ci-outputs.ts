import { appendFile, stat, writeFile } from 'node:fs/promises'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult } from '../model/gate.js'
import { renderSummary, SUMMARY_BYTES } from '../report/ci/comment.js'
import { ciOfGate, type GateEnding } from '../report/ci/of-gate.js'
import type { CiReport } from '../report/ci/view.js'
import { ciFormat } from '../report/formats.js'
import { outputError } from '../results/output-error.js'

/** Files that a command writes beside what it prints, by their formats; those of `report --format`. */
export interface CiFiles {
  junit?: string | undefined
  comment?: string | undefined
  'benchmark-action'?: string | undefined
  bmf?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * All that a gate leaves to CI: the files that were asked for, and on GitHub Actions annotations and the step's summary. Annotations go to `log`, which
 * the runner reads whether it is stdout or stderr. A summary that cannot be written is said and no more: the verdict does not depend on it.
 * @throws FeedbenchError E_OUTPUT for each file that was asked for and could not be written; the others are
 */
export async function writeCiOutputs(
  gate: GateResult,
  files: CiFiles,
  { env, log, ...ending }: GateEnding & { env: Environment; log: { write(text: string): unknown } },
): Promise<void> {
  const report = ciOfGate(gate, ending)
  if (env.GITHUB_ACTIONS === 'true') {
    log.write(ciFormat('github').renderCi([report]))
    const problem = await appendSummary([report], env)
    if (problem !== null) log.write(`${problem.message}\n`)
  }
  const errors: FeedbenchError[] = []
  for (const format of ['junit', 'comment', 'benchmark-action', 'bmf'] as const) {
    const file = files[format]
    if (file === undefined) continue
    await writeFile(file, ciFormat(format).renderCi([report])).catch((error: unknown) => errors.push(outputError(file, error)))
  }
  if (errors.length > 0) throw new FeedbenchError(errors.flatMap(({ problems }) => problems))
}

/**
 * Appends to the file that GitHub Actions names for it, if it does, what the limit of a step leaves room for: one byte more, and the whole summary would be
 * refused. Resolves to why it could not be written, or to `null`.
 */
export async function appendSummary(reports: readonly CiReport[], env: Environment): Promise<FeedbenchError | null> {
  const file = env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return null
  try {
    const used = await stat(file).then(
      ({ size }) => size,
      () => 0,
    )
    const text = `${renderSummary(reports, SUMMARY_BYTES - used - 1)}\n`
    if (used + Buffer.byteLength(text) <= SUMMARY_BYTES) await appendFile(file, text)
    return null
  } catch (error) {
    return outputError(file, error)
  }
}
