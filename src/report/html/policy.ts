import { createHash } from 'node:crypto'

/** As a content security policy names a script or a style. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
