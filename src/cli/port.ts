import { usage } from './wrong-value.js'

/** A port to listen on, as an option has it. E_USAGE where it is none. */
export function readPort(option: string, text: string, hint: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw usage(option, 'a port from 0 to 65535', text, hint)
  return port
}
