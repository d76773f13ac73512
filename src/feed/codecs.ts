import { systemClock, WallOffset } from '../measure/clock.js'
import { FeedbenchError } from '../model/errors.js'
import { JSON_CODEC, type PlannedCodec } from '../model/target.js'
import { type Codec, jsonCodec } from './codec.js'
import { pointerCodec, wallTimes } from './pointer-codec.js'

export const POINTER_CODEC = 'feedbench:pointers'

/**
 * The codec that a plan names. A module's default export is `{readHead(bytes) -> {topic, seq, intendedUs?, publishedUs?}, encode?(message)}`;
 * without `encode` it writes feedbench's own messages.
 * @throws FeedbenchError E_CODEC
 */
export async function loadCodec({ module, pointers }: PlannedCodec): Promise<Codec> {
  if (module === JSON_CODEC.module) return jsonCodec
  if (module === POINTER_CODEC && pointers !== null) {
    const offset = new WallOffset()
    return pointerCodec(
      pointers,
      wallTimes(systemClock, () => offset.read()),
    )
  }
  let exported: unknown
  try {
    exported = ((await import(module)) as { default?: unknown }).default
  } catch (error) {
    throw codecError(module, `expected a module that loads, got: ${(error as Error).message.replace(/ imported from \S+$/, '')}`)
  }
  const { readHead, encode } = (typeof exported === 'object' && exported !== null ? exported : {}) as Partial<Codec>
  if (typeof readHead !== 'function' || (encode !== undefined && typeof encode !== 'function')) {
    const got = exported === undefined ? 'no default export' : 'a default export without it'
    throw codecError(module, `expected a default export {readHead(bytes), encode?(message)}, got ${got}`)
  }
  return {
    readHead: (text) => readHead.call(exported, text),
    encode: encode === undefined ? (message) => jsonCodec.encode(message) : (message) => encode.call(exported, message),
  }
}

function codecError(where: string, message: string): FeedbenchError {
  return new FeedbenchError({ code: 'E_CODEC', where, message, hint: 'see docs/targets.md for what a codec exports' })
}
