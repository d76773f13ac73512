import { condition, describeTrials, figure } from './text.mjs'

/** docs/published.md, from what was measured. */
export function renderPage(outcomes) {
  const [first] = outcomes
  return `# Published results, measured again

Written by \`npm run reproduce -- --out docs/published.md\`; not edited by hand. Each is a scenario, which \`feedbench run published/<name>\` runs as any other; \`npm run reproduce <name>\`
computes from its trials what the source has, and compares. ${first === undefined ? 'Nothing was measured yet.' : `Machine: ${first.machine}. Figures are of one run: those that depend on the machine differ from run to run, and on another machine.`}

${outcomes.length === 0 ? '' : overview(outcomes)}

${outcomes.map(section).join('\n\n')}
`.replace(/\n{3,}/g, '\n\n')
}

function overview(outcomes) {
  return table(
    ['source', 'as it must be', 'measured', 'trials'],
    outcomes.map(({ name, rows, measuredOn, trials }) => [
      `[${name}](#${name})`,
      `${rows.filter(({ isMet }) => isMet).length} of ${rows.length}`,
      measuredOn,
      describeTrials(trials),
    ]),
  )
}

function section({ name, published, rows, tables }) {
  const source = published.link === null ? published.source : `[${published.source}](${published.link})`
  return [
    `## ${name}`,
    `${source}, ${published.year}. ${oneLine(published.setup)}`,
    table(
      ['', 'published', 'here', 'must be', ''],
      rows.map((row) => [row.what, row.published ?? '', figure(row), condition(row.expect), row.isMet ? 'yes' : '**no**']),
    ),
    ...tables.map(({ title, heads, rows: lines }) => `${title}:\n\n${table(heads, lines)}`),
    oneLine(published.explanation),
  ].join('\n\n')
}

function oneLine(text) {
  return text.trim().replace(/\s+/g, ' ')
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
