import { constants } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { FeedbenchError } from '../model/errors.js'

/** Of each file. V8's longest text is a few bytes shorter than 512 MiB. */
const MAX_FILE_BYTES = Math.min(512 * 2 ** 20, constants.MAX_STRING_LENGTH)

export const FOLDER = Symbol('folder')

/**
 * The text of a file; `FOLDER` where it is one; `null` where there is nothing of that name. `notThat`: the error for what is neither,
 * such as a pipe. E_FILE_TOO_LARGE, E_FILE_NOT_FOUND.
 */
export async function readContent(
  path: string,
  notThat: (path: string, message: string) => FeedbenchError,
): Promise<string | typeof FOLDER | null> {
  try {
    // Before opening it: to open a pipe waits for somebody who writes.
    const status = await stat(path)
    if (status.isDirectory()) return FOLDER
    if (!status.isFile()) throw notThat(path, 'expected a file or a folder, got something else')
    if (status.size > MAX_FILE_BYTES) throw tooLarge(path, status.size)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof FeedbenchError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new FeedbenchError(
      { code: 'E_FILE_NOT_FOUND', where: path, message: `expected a file that can be read, got: ${message}` },
      { cause: error },
    )
  }
}

function tooLarge(path: string, sizeBytes: number): FeedbenchError {
  return new FeedbenchError({
    code: 'E_FILE_TOO_LARGE',
    where: path,
    message: `expected at most ${MAX_FILE_BYTES} bytes, got ${sizeBytes}`,
    hint: 'split the scenario into several with fewer trials',
  })
}
