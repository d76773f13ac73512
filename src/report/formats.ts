import { FeedbenchError } from '../model/errors.js'
import type { Result } from '../model/result.js'
import { type PageAssets, renderHtml } from './html/page.js'
import { renderMarkdown } from './markdown.js'

export interface ReportFormat {
  /** `assets` is only called by what needs them: a renderer touches no file. */
  render(results: readonly Result[], assets: () => PageAssets): string
}

/** A format is a renderer and a line here. */
export const REPORT_FORMATS: Readonly<Record<string, ReportFormat>> = {
  markdown: { render: renderMarkdown },
  html: { render: (results, assets) => renderHtml(results, assets()) },
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
