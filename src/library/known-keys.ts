/**
 * Refuses a key that nothing reads: it would be ignored, and its writer would believe that it was heeded.
 * A TypeError, because it is a mistake of the program that calls, not of its user.
 */
export function refuseUnknownKeys(where: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw new TypeError(`${where}: expected an object, got ${String(given)}`)
  const unknown = Object.keys(given).filter((key) => !known.includes(key))
  if (unknown.length > 0) throw new TypeError(`${where}: expected ${known.join(', ')}, got ${unknown.join(', ')}`)
}
