import { createHash } from 'node:crypto'
import { FeedbenchError, type Problem } from '../model/errors.js'
import type { TraceContent, TraceSpec } from '../model/plan.js'
import { readTextFile } from './text-file.js'

const MAX_TRACE_BYTES = 64 * 2 ** 20
const MAX_MESSAGES = 1_000_000
const MAX_DATA_DEPTH = 500
const MAX_DATA_BYTES = 2 ** 20
const MAX_TOPICS = 1_000
const MAX_PROBLEMS = 20
/** About four months; times since 1970 are far above. */
const MAX_AT_MS = 1e10

/** A trace as it was recorded; `speed` and `loop` are the scenario's. */
export interface Trace {
  spec: Omit<TraceSpec, 'file' | 'speed' | 'loop'>
  /** From its beginning to its last message, in microseconds; more than 0. */
  durationUs: number
  meanDataBytes: number
  content: TraceContent
}

interface Line {
  atMs: number
  topic: string
  data: string
}

/**
 * Reads a trace: NDJSON, a message a line, `{"at_ms": 2052, "topic": "XBT/USD", "data": {...}}`, at most 64 MiB and a million messages.
 * Messages without `topic` have the topic ''.
 * @throws FeedbenchError E_FILE_NOT_FOUND, E_FILE_TOO_LARGE, or E_TRACE with the first 20 problems, at `file:line`
 */
export async function readTrace(path: string): Promise<Trace> {
  return parseTrace(await readTextFile(path, MAX_TRACE_BYTES, 'a trace'), path)
}

/**
 * @throws FeedbenchError E_TRACE, with the first 20 problems
 * @internal for its test
 */
export function parseTrace(text: string, path: string): Trace {
  const problems: Problem[] = []
  const report = (line: number, message: string, hint = 'mend the line, or leave it out: each line is a message of its own') =>
    problems.push({ code: 'E_TRACE', where: `${path}:${line}`, message, hint })
  const content: TraceContent = { offsetsUs: [], topics: [], data: [] }
  const topics = new Map<string, number>()
  let lastMs = 0
  let lineNumber = 0
  for (const lineText of text.split('\n')) {
    if (problems.length >= MAX_PROBLEMS) break
    lineNumber += 1
    if (lineText.trim() === '') continue
    const line = parseLine(lineText)
    if (typeof line === 'string') {
      report(lineNumber, line)
      continue
    }
    if (line.atMs < lastMs) report(lineNumber, `expected at_ms of ${lastMs} or later, got ${line.atMs}`, 'sort the trace by time')
    lastMs = Math.max(lastMs, line.atMs)
    const topic = topics.get(line.topic) ?? topics.size
    topics.set(line.topic, topic)
    content.offsetsUs.push(Math.round(line.atMs * 1e3))
    content.topics.push(topic)
    content.data.push(line.data)
    if (content.data.length > MAX_MESSAGES || topics.size > MAX_TOPICS) {
      report(lineNumber, `expected at most ${MAX_MESSAGES} messages of at most ${MAX_TOPICS} topics, got more`)
      break
    }
  }
  const durationUs = content.offsetsUs.at(-1) ?? 0
  if (problems.length === 0 && durationUs < 1e3) {
    report(1, `expected messages over at least 1 ms, got ${content.data.length} over ${durationUs / 1e3} ms`)
  }
  if (problems.length > 0) throw new FeedbenchError(problems)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const meanDataBytes = content.data.reduce((sum, data) => sum + Buffer.byteLength(data), 0) / content.data.length
  return { spec: { messages: content.data.length, topics: [...topics.keys()], sha256 }, durationUs, meanDataBytes, content }
}

const EXPECTED = 'expected {"at_ms": <milliseconds>, "topic": "...", "data": ...}'

/** The message of a line, or what is wrong with it. */
function parseLine(text: string): Line | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return `${EXPECTED}, got what is not JSON`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${EXPECTED}, got another kind of value`
  const { at_ms: atMs, topic = '', data, ...others } = value as Record<string, unknown>
  const [other] = Object.keys(others)
  if (other !== undefined) return `${EXPECTED}, got the key ${JSON.stringify(other.slice(0, 60))}`
  if (typeof atMs !== 'number' || !(atMs >= 0))
    return `expected at_ms as a number from 0, got ${JSON.stringify(atMs)?.slice(0, 60) ?? 'nothing'}`
  if (atMs > MAX_AT_MS) return `expected at_ms in milliseconds from the start of the trace, got ${atMs}`
  // No quotes or backslashes, so that a topic is found in a message without unescaping.
  if (typeof topic !== 'string' || !/^[^\p{C}"\\]{0,100}$/u.test(topic))
    return 'expected a topic of at most 100 plain characters, got another'
  if (data === undefined) return 'expected the key data, got nothing'
  if (isNestedBeyond(data, MAX_DATA_DEPTH)) return `expected data of at most ${MAX_DATA_DEPTH} levels of nesting, got more`
  const json = JSON.stringify(data)
  if (Buffer.byteLength(json) > MAX_DATA_BYTES) return 'expected data of at most 1 MiB, got more'
  return { atMs, topic, data: json }
}

/** What can be parsed may be nested more deeply than some version of Node can write again, or a client's parser can read. */
function isNestedBeyond(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((inner) => isNestedBeyond(inner, depth - 1))
}
