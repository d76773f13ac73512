import { decideAny } from '../analysis/gate/any-layout.js'
import { checkRules } from '../analysis/gate/check-rules.js'
import { FeedbenchError } from '../model/errors.js'
import type { GateResult } from '../model/gate.js'
import { readGateFolder } from '../results/gate-folder.js'

/**
 * The gate of a folder, decided by all rounds that were measured: of one that was killed before it wrote its verdict, too.
 * `null` where there is none. @throws FeedbenchError E_RESULT_SCHEMA
 */
export async function decidedAgain(path: string): Promise<GateResult | null> {
  const result = await readGateFolder(path)
  if (result === null) return null
  refuseOtherRules(path, result)
  return { ...result, verdict: decideAny(result) }
}

/**
 * By rules that no scenario may have, anything would pass. E_RESULT_SCHEMA with all that is wrong.
 * @internal for its test
 */
export function refuseOtherRules(
  where: string,
  { rules, rounds, measurement }: Pick<GateResult, 'rules' | 'rounds' | 'measurement'>,
): void {
  const labels = measurement?.labels ?? rounds.flatMap(({ values }) => values.map(({ label }) => label))
  const problems = checkRules(rules, new Set(labels).size).map(({ path, message }) => ({
    code: 'E_RESULT_SCHEMA' as const,
    where: `${where} at rules.${path.join('.')}`,
    message,
    hint: 'a gate is decided by the rules it was measured for: name its folder as feedbench gate left it',
  }))
  if (problems.length > 0) throw new FeedbenchError(problems)
}
