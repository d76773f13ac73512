import { FeedbenchError } from '../model/errors.js'
import type { Result } from '../model/result.js'
import { renderAnnotations } from './ci/annotations.js'
import { renderComment, renderSummary } from './ci/comment.js'
import { renderBenchmarkAction, renderBmf } from './ci/history.js'
import { renderJunit } from './ci/junit.js'
import { ciOfRun } from './ci/of-run.js'
import type { CiReport } from './ci/view.js'
import type { PageAssets } from './html/document.js'
import { renderHtml } from './html/page.js'
import { renderIllustratedMarkdown, renderMarkdown } from './markdown.js'
import { renderOpenMetrics } from './openmetrics.js'
import { hgrmFiles, renderHgrm } from './percentile-file.js'
import { renderSvg } from './svg.js'
import { renderCsv } from './tidy.js'

export interface ReportFormat {
  /** `assets` is only called by what needs them: a renderer touches no file. */
  render(results: readonly Result[], assets: () => PageAssets): string
  /** Where what is rendered belongs in several files: these, for a folder. */
  files?(results: readonly Result[]): { name: string; text: string }[]
  /** For a file that has a picture beside it, by its name; and the picture, as SVG. */
  illustrated?(results: readonly Result[], picture: string): { text: string; picture: string }
  /** For what CI systems read: runs and gates, in any order. */
  renderCi?(reports: readonly CiReport[]): string
}

const forCi = (renderCi: (reports: readonly CiReport[]) => string): ReportFormat => ({
  render: (results) => renderCi(results.map(ciOfRun)),
  renderCi,
})

/** A format is a renderer and a line here. */
export const REPORT_FORMATS: Readonly<Record<string, ReportFormat>> = {
  markdown: {
    render: renderMarkdown,
    illustrated: (results, picture) => ({ text: renderIllustratedMarkdown(results, picture), picture: renderSvg(results) }),
    renderCi: (reports) => renderSummary(reports, Number.MAX_SAFE_INTEGER),
  },
  html: { render: (results, assets) => renderHtml(results, assets()) },
  svg: { render: renderSvg },
  csv: { render: renderCsv },
  hgrm: { render: renderHgrm, files: hgrmFiles },
  openmetrics: { render: renderOpenMetrics },
  junit: forCi(renderJunit),
  github: forCi(renderAnnotations),
  comment: forCi(renderComment),
  'benchmark-action': forCi(renderBenchmarkAction),
  bmf: forCi(renderBmf),
}

/** Throws E_FORMAT, which names those there are, where there is none of that name. */
export function reportFormat(name: string): ReportFormat {
  const format = Object.hasOwn(REPORT_FORMATS, name) ? REPORT_FORMATS[name] : undefined
  if (format === undefined) throw noFormat(name, Object.keys(REPORT_FORMATS), 'feedbench report <run>')
  return format
}

/** The same of a gate, alone or among runs. */
export function ciFormat(name: string): Required<Pick<ReportFormat, 'renderCi'>> {
  const { renderCi } = reportFormat(name)
  if (renderCi !== undefined) return { renderCi }
  const names = Object.entries(REPORT_FORMATS).flatMap(([format, parts]) => (parts.renderCi === undefined ? [] : [format]))
  throw noFormat(name, names, 'feedbench report <gate>')
}

function noFormat(name: string, names: readonly string[], command: string): FeedbenchError {
  return new FeedbenchError({
    code: 'E_FORMAT',
    where: '--format',
    message: `expected one of ${names.join(', ')}${command.endsWith('<gate>') ? ' for a gate' : ''}, got ${JSON.stringify(name)}`,
    hint: `${command} --format ${names[0]}`,
  })
}
