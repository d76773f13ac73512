/**
 * The command, loaded a part before the whole: the loader opens a file for each module that it comes to know of, all of them at once, and a process may have few descriptors.
 */
export async function loadInParts(): Promise<typeof import('./cli.js')> {
  await import('../scenario/load.js')
  await import('../library/run.js')
  return import('./cli.js')
}
