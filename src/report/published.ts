import type { Published } from '../model/published.js'

/**
 * What was published and what must come out, for the end of a report; not yet escaped. A run gives no figure to stand beside them: most are computed from
 * several trials, which is what a reproduction does.
 */
export interface PublishedView {
  source: string
  figures: { what: string; published: string; expect: string }[]
  note: string
}

export function publishedView({ name, published }: { name: string; published: Published }): PublishedView {
  return {
    source: `${published.source} (${published.year})`,
    figures: published.figures.map(({ what, published: figure, expect }) => ({
      what,
      published: figure ?? 'not in the source',
      expect,
    })),
    note: `measured against these by npm run reproduce ${name} in a checkout; what came out is in docs/published.md`,
  }
}
