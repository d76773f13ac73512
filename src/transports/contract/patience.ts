/** For how long a test waits for what must come, in milliseconds. */
export const PATIENCE_MS = 10_000
const LOOK_EVERY_MS = 2

/** Waits for what must come, and throws with its name where it does not. */
export async function until(isSo: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
  for (let looks = 0; !isSo(); looks++) {
    if (looks * LOOK_EVERY_MS > patienceMs) throw new Error(`waited in vain: ${what}`)
    await pause(LOOK_EVERY_MS)
  }
}

/** Waits for a promise, and throws with its name where it does not settle. */
export async function within(promise: Promise<unknown>, what: string, patienceMs = PATIENCE_MS): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain: ${what}`)), patienceMs)
  })
  await Promise.race([promise, impatience]).finally(() => clearTimeout(timer))
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
