import type { Comparison } from '../model/comparison.js'
import { FeedbenchError } from '../model/errors.js'
import { renderAnnotations } from './ci/annotations.js'
import { renderComment } from './ci/comment.js'
import { renderJunit } from './ci/junit.js'
import { ciOfComparison } from './ci/of-comparison.js'
import { renderComparison } from './compare.js'
import { renderComparisonMarkdown } from './compare-markdown.js'
import { renderComparisonHtml } from './html/compare.js'
import type { TerminalOptions } from './terminal.js'

/** What a comparison can be rendered as. */
export const COMPARISON_FORMATS = {
  terminal: renderComparison,
  markdown: renderComparisonMarkdown,
  html: renderComparisonHtml,
  junit: (comparison) => renderJunit([ciOfComparison(comparison)]),
  github: (comparison) => renderAnnotations([ciOfComparison(comparison)]),
  comment: (comparison) => renderComment([ciOfComparison(comparison)]),
  json: (comparison) => `${JSON.stringify(comparison)}\n`,
} as const satisfies Record<string, (comparison: Comparison, options: TerminalOptions) => string>

/** Throws E_FORMAT, which names those there are, where there is none of that name. */
export function comparisonFormat(name: string): (comparison: Comparison, options: TerminalOptions) => string {
  if (Object.hasOwn(COMPARISON_FORMATS, name)) return COMPARISON_FORMATS[name as keyof typeof COMPARISON_FORMATS]
  throw new FeedbenchError({
    code: 'E_FORMAT',
    where: '--format',
    message: `expected one of ${Object.keys(COMPARISON_FORMATS).join(', ')}, got ${JSON.stringify(name)}`,
    hint: 'feedbench compare <baseline> <candidate> --format markdown',
  })
}
