/**
 * What a terminal shows of what was written to it, as a page: for the few codes that feedbench writes, which draw lines anew in their place, and colours.
 */
export function screenOf(written) {
  const rows = ['']
  let row = 0
  // A pseudo terminal ends lines with CR LF.
  for (const token of written.replaceAll('\r\n', '\n').match(/\p{Cc}\[[\d;?]*[A-Za-z]|\n|\r|\P{Cc}+/gu) ?? []) {
    const code = /^\p{Cc}\[(\d*)([A-Za-z])$/u.exec(token)
    if (token === '\n') {
      row++
      rows[row] = ''
    } else if (code?.[2] === 'A') row = Math.max(0, row - Number(code[1]))
    else if (code?.[2] === 'J') rows.splice(row, rows.length, '')
    else if (token === '\r') rows[row] = ''
    else if (code?.[2] !== 'K') rows[row] = (rows[row] ?? '') + token
  }
  const lines = rows.map((line) => coloured(line.trimEnd())).join('\n')
  return `<style>body{margin:0}pre{display:inline-block;margin:0;padding:20px 24px;background:#14171a;color:#e7eaed;font:15px/1.35 "DejaVu Sans Mono",monospace;white-space:pre}
.c1{font-weight:700}.c2{color:#8b949e}.c31{color:#ff9d94}.c32{color:#7fd6a0}.c33{color:#f3c46b}.c36{color:#58b7f0}</style><pre>${lines.trimEnd()}</pre>`
}

const ENDS = new Set(['22', '39', '0'])

function coloured(line) {
  const text = line.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return text.replace(/\p{Cc}\[(\d+)m/gu, (_, code) => (ENDS.has(code) ? '</span>' : `<span class="c${code}">`))
}
