import { type FileHandle, open } from 'node:fs/promises'
import { FeedbenchError } from '../model/errors.js'

const CHUNK_BYTES = 1 << 16
const LOOK = 'check the path, from the folder that you are in'

/**
 * Reads a text of bounded length, from pipes too, whose length nobody knows beforehand. `what` names it in messages,
 * and `hint` says where else to look.
 * @throws FeedbenchError E_FILE_NOT_FOUND, E_FILE_TOO_LARGE, or E_VALUE where it is not UTF-8
 */
export async function readTextFile(path: string, maxBytes: number, what: string, hint = LOOK): Promise<string> {
  const bytes = await readBytes(path, maxBytes, what, hint)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FeedbenchError({ code: 'E_VALUE', where: path, message: `expected ${what} in UTF-8, got other bytes` })
  }
}

async function readBytes(path: string, maxBytes: number, what: string, hint: string): Promise<Buffer> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch (error) {
    throw notReadable(path, what, hint, error)
  }
  try {
    const chunks: Buffer[] = []
    let total = 0
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES)
      if (bytesRead === 0) return Buffer.concat(chunks)
      chunks.push(buffer.subarray(0, bytesRead))
      total += bytesRead
      if (total > maxBytes) throw tooLarge(path, maxBytes, what)
    }
  } catch (error) {
    throw error instanceof FeedbenchError ? error : notReadable(path, what, hint, error)
  } finally {
    await handle.close()
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'nothing of that name',
  EISDIR: 'a folder',
  EACCES: 'a file that may not be read',
  ENOTDIR: 'a path through something that is no folder',
  ERR_INVALID_ARG_VALUE: 'a path that no file can have',
}

function notReadable(path: string, what: string, hint: string, error: unknown): FeedbenchError {
  const code = (error as NodeJS.ErrnoException).code ?? 'an error'
  const message = `expected ${what}, got ${REASONS[code] ?? code}`
  return new FeedbenchError({ code: 'E_FILE_NOT_FOUND', where: path, message, hint })
}

function tooLarge(path: string, maxBytes: number, what: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_FILE_TOO_LARGE',
    where: path,
    message: `expected ${what} of at most ${maxBytes / 2 ** 20} MiB, got more`,
    hint: 'check which file was meant, or split it',
  })
}
