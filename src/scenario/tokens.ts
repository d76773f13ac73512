import { Lexer } from 'yaml'
import { type ErrorCode, FeedbenchError } from '../model/errors.js'

/** A long scenario has some hundred. The parser's time grows with the square of some kinds of errors. */
const MAX_TOKENS = 20_000
const MAX_TOKEN_CHARACTERS = 2 ** 16
const MAX_FLOW_DEPTH = 32

/** Single control characters by which the lexer marks documents, ends of flows and scalars, and which do not stand in the text. */
const MARKERS = new Set(['\u0002', '\u0018', '\u001f'])

/**
 * Looks over the tokens before anything is built from them, so that a hostile file costs milliseconds instead of minutes.
 * `where` turns an offset into a place.
 * @throws FeedbenchError E_TOO_MUCH or E_YAML
 */
export function checkTokens(text: string, where: (offset: number) => string): void {
  let offset = 0
  let tokens = 0
  let depth = 0
  const refuse = (code: ErrorCode, message: string) => new FeedbenchError({ code, where: where(offset), message })
  for (const token of new Lexer().lex(text)) {
    tokens += 1
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (tokens > MAX_TOKENS) throw refuse('E_TOO_MUCH', `expected at most ${MAX_TOKENS} pieces of YAML, got more`)
    if (token.length > MAX_TOKEN_CHARACTERS)
      throw refuse('E_TOO_MUCH', `expected texts of at most 64 KiB, got one of ${token.length} characters`)
    if (depth > MAX_FLOW_DEPTH) throw refuse('E_YAML', `expected at most ${MAX_FLOW_DEPTH} levels of nesting, got more`)
    if (!MARKERS.has(token)) offset += token.length
  }
}
