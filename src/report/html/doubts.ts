import { groupBy } from '../../analysis/cells.js'
import type { Result } from '../../model/result.js'
import type { LoadPointView, RowStanding } from '../comparison.js'
import { shortLoad } from '../load.js'
import { html, type Markup } from './markup.js'

/** More load points than these are counted, not named. */
const MOST_NAMED = 3

const WORDS = {
  unusable: 'invalid, and must not be used',
  'partly-invalid': 'invalid in some rounds, which are left out',
  degraded: 'degraded, because something disturbed the measurement',
} as const satisfies Partial<Record<RowStanding, string>>

/** What keeps the whole from being believed, before anything else; nothing where nothing does. */
export function doubts({ summary }: Result, views: readonly LoadPointView[], prefix: string): Markup | null {
  const { planned, finished } = summary.trials
  const hasEndedEarly = summary.endedEarly !== null || planned !== finished
  const why = summary.endedEarly === null ? '' : ` (${summary.endedEarly})`
  const early = hasEndedEarly ? [`The run ended early${why}: ${finished} of ${planned} trials finished.`] : []
  const judged = (Object.keys(WORDS) as (keyof typeof WORDS)[]).flatMap((standing) => sentences(standing, views))
  const list = [...early, ...judged]
  if (list.length === 0) return null
  return html`<aside class="doubts" aria-label="Doubts"><h3>Doubts</h3><ul>${list.map((text) => html`<li>${text}</li>`)}</ul>${judged.length === 0 ? null : html`<p><a href="#${prefix}verdicts">The reasons, with their evidence</a></p>`}</aside>`
}

/** `At 200 clients, 20/s, 200 B: sse is degraded`; labels that are so at the same load points share a sentence. */
function sentences(standing: keyof typeof WORDS, views: readonly LoadPointView[]): string[] {
  const labels = [...new Set(views.flatMap(({ rows }) => rows.map(({ row }) => row.label)))]
  const met = labels.map((label) => ({ label, where: whereOf(label, standing, views) })).filter(({ where }) => where !== null)
  return [...groupBy(met, ({ where }) => where ?? '')].map(([where, group]) => {
    const [last = '', ...others] = group.map(({ label }) => label).reverse()
    const names = others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`
    return `${where}${names} ${group.length === 1 ? 'is' : 'are'} ${WORDS[standing]}.`
  })
}

/** The load points at which a label is so: empty where all are, `null` where none is. */
function whereOf(label: string, standing: RowStanding, views: readonly LoadPointView[]): string | null {
  const own = views.filter(({ rows }) => rows.some(({ row }) => row.label === label))
  const met = own.filter(({ rows }) => rows.some((view) => view.row.label === label && view.standing === standing))
  if (met.length === 0) return null
  if (met.length === own.length) return ''
  return met.length > MOST_NAMED
    ? `At ${met.length} of ${own.length} load points: `
    : `At ${met.map(({ load }) => shortLoad(load)).join(' and at ')}: `
}
