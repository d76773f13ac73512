/** Breaks at spaces; lines after the first are indented `hang` further. A word longer than the line stays whole. */
export function wrap(text: string, width: number, indent = '', hang = 2): string {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    const isEmpty = line.trim() === ''
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${' '.repeat(hang)}${word}`
    } else {
      line = isEmpty ? `${line}${word}` : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}
