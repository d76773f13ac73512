import { isMap, LineCounter, parseDocument } from 'yaml'
import { FeedbenchError, type Problem } from '../model/errors.js'
import { type PlacedNode, toPlain } from './plain.js'
import type { Path, Places } from './problems.js'
import { checkTokens } from './tokens.js'

/** 1 MiB. */
export const MAX_SCENARIO_BYTES = 2 ** 20

const MAX_PROBLEMS = 20

/** The YAML of a scenario as plain values that still know where they stand. Only data: maps, lists, texts, numbers, booleans. */
export interface ScenarioDocument {
  value: Record<string, unknown>
  places: Places
  /** What is wrong with the YAML but leaves the rest readable, such as a key that occurs twice, and the value concerned. */
  problems: { path: Path; problem: Problem }[]
}

/**
 * Parses YAML 1.2 (JSON is a subset).
 * @throws FeedbenchError with all syntax errors (E_YAML, at most 20), E_YAML_ALIASES, E_FILE_TOO_LARGE, or E_TYPE where it is no map
 */
export function parseScenarioText(text: string, file: string): ScenarioDocument {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_SCENARIO_BYTES) {
    const hint = 'check which file was meant, or split the scenario'
    throw new FeedbenchError({
      code: 'E_FILE_TOO_LARGE',
      where: file,
      message: `expected at most 1 MiB, got ${bytes} bytes`,
      hint,
    })
  }
  const lines = new LineCounter()
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`
  }
  checkTokens(text, (offset) => place(file, text, offset))
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
  const faults = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS)
  if (faults.length > 0) {
    throw new FeedbenchError(faults.map(({ code, message, pos: [offset] }) => syntaxProblem(code, message, at(offset))))
  }
  if (document.contents === null) {
    throw new FeedbenchError({ code: 'E_YAML', where: `${file}:1:1`, message: 'expected a scenario, got an empty document' })
  }
  const { value, node, faults: found } = toPlain(document.contents)
  const problems = found.map(({ offset, path, ...problem }) => ({ path, problem: { ...problem, where: at(offset) } }))
  if (!isMap(document.contents)) {
    const message = 'expected a map of keys such as name, feed, clients and transports, got something else'
    throw new FeedbenchError([{ code: 'E_TYPE', where: at(node.offset), message }, ...problems.map(({ problem }) => problem)])
  }
  return { value: value as Record<string, unknown>, places: placesOf(node, at), problems }
}

function syntaxProblem(code: string, message: string, where: string): Problem {
  if (code === 'MULTIPLE_DOCS')
    return { code: 'E_YAML', where, message: 'expected one document, got several', hint: 'keep one scenario a file' }
  // The parser's own guard: nesting so deep that its stack did not suffice.
  if (code === 'RESOURCE_EXHAUSTION')
    return { code: 'E_YAML', where, message: 'expected little nesting, got more than can be read' }
  const [sentence = message] = message.replace(/\p{C}/gu, ' ').split(/ in YAML document/)
  const hint = 'look at and before that line and column: an editor with a YAML mode shows what belongs together'
  return { code: 'E_YAML', where, message: `expected well-formed YAML, got: ${sentence.slice(0, 200)}`, hint }
}

function placesOf(root: PlacedNode, at: (offset: number) => string): Places {
  return {
    where(path, part = 'value') {
      let node = root
      for (const step of path) {
        const child = node.children.get(step)
        // A key that is missing: its place would be in the map above.
        if (child === undefined) return at(node.keyOffset ?? node.offset)
        node = child
      }
      return at(part === 'key' ? (node.keyOffset ?? node.offset) : node.offset)
    },
    isMoved: () => false,
  }
}

function place(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return `${file}:${before.split('\n').length}:${offset - lineStart + 1}`
}
