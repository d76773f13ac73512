/** A JSON pointer (RFC 6901) as the steps that it takes; `''` is the whole value. */
export type PointerSteps = readonly string[]

/** `undefined` where the text is no pointer. */
export function parsePointer(text: string): PointerSteps | undefined {
  if (text === '') return []
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The value at a pointer, `undefined` where there is none. Beyond the standard, `-1` is the last element of a list. */
export function valueAt(root: unknown, steps: PointerSteps): unknown {
  let value = root
  for (const step of steps) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) {
      value = step === '-1' ? value.at(-1) : value[/^(0|[1-9]\d*)$/.test(step) ? Number(step) : -1]
    } else value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
  }
  return value
}
