import { FeedbenchError } from '../model/errors.js'
import type { Result } from '../model/result.js'
import { type PageAssets, renderHtml } from './html/page.js'
import { renderMarkdown } from './markdown.js'
import { renderOpenMetrics } from './openmetrics.js'
import { hgrmFiles, renderHgrm } from './percentile-file.js'
import { renderSvg } from './svg.js'
import { renderCsv } from './tidy.js'

export interface ReportFormat {
  /** `assets` is only called by what needs them: a renderer touches no file. */
  render(results: readonly Result[], assets: () => PageAssets): string
  /** Where what is rendered belongs in several files: these, for a folder. */
  files?(results: readonly Result[]): { name: string; text: string }[]
}

/** A format is a renderer and a line here. */
export const REPORT_FORMATS: Readonly<Record<string, ReportFormat>> = {
  markdown: { render: renderMarkdown },
  html: { render: (results, assets) => renderHtml(results, assets()) },
  svg: { render: renderSvg },
  csv: { render: renderCsv },
  hgrm: { render: renderHgrm, files: hgrmFiles },
  openmetrics: { render: renderOpenMetrics },
}

/** Throws E_FORMAT, which names those there are, where there is none of that name. */
export function reportFormat(name: string): ReportFormat {
  const format = Object.hasOwn(REPORT_FORMATS, name) ? REPORT_FORMATS[name] : undefined
  if (format !== undefined) return format
  const names = Object.keys(REPORT_FORMATS).join(', ')
  throw new FeedbenchError({
    code: 'E_FORMAT',
    where: '--format',
    message: `expected ${Object.keys(REPORT_FORMATS).length === 1 ? names : `one of ${names}`}, got ${JSON.stringify(name)}`,
    hint: `feedbench report <run> --format ${Object.keys(REPORT_FORMATS)[0]}`,
  })
}
