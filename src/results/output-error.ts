import { FeedbenchError } from '../model/errors.js'

/** What went wrong when something was written, by the code of the operating system. */
const CAUSES: Record<string, [message: string, hint: string]> = {
  ENOSPC: [
    'there is no space left on the device',
    'free some space, or write elsewhere with --out; what was written before is kept',
  ],
  EDQUOT: ['the disk quota is used up', 'free some space, or write elsewhere with --out; what was written before is kept'],
  EACCES: ['writing there is not permitted', 'write elsewhere with --out, or change the permissions'],
  EPERM: ['writing there is not permitted', 'write elsewhere with --out, or change the permissions'],
  EROFS: ['the file system is read-only', 'write elsewhere with --out'],
  ENOTDIR: ['a file is in the way where a folder was expected', 'name another folder with --out, or move the file'],
  EEXIST: ['a file is in the way where a folder was expected', 'name another folder with --out, or move the file'],
  EISDIR: ['a folder is in the way where a file was expected', 'name another folder with --out, or move the folder'],
  ENOENT: ['the folder is not there, or not any more', 'name another folder with --out, and leave it alone during a run'],
  ENAMETOOLONG: ['the name is longer than the file system allows', 'choose a shorter name with --out'],
  ELOOP: ['the path has a loop of symbolic links', 'name another folder with --out'],
  EMFILE: ['no file descriptor is left', 'raise the limit (ulimit -n) or use fewer clients'],
}

/** An error of the file system as what a user can act on: E_OUTPUT, one sentence and a hint. */
export function outputError(path: string, error: unknown): FeedbenchError {
  if (error instanceof FeedbenchError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const known = CAUSES[code]
  return new FeedbenchError(
    known === undefined
      ? {
          code: 'E_OUTPUT',
          where: path,
          message: `expected to write it, got: ${plain(error)}`,
          hint: 'write elsewhere with --out',
        }
      : { code: 'E_OUTPUT', where: path, message: `expected to write it, but ${known[0]}`, hint: known[1] },
    { cause: error },
  )
}

/** The first line, without the NUL bytes and the like that a hostile path may bring along. */
function plain(error: unknown): string {
  const [line = ''] = (error as Error).message.split('\n')
  return line.slice(0, 300)
}
