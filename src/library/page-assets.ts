import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PageAssets } from '../report/html/page.js'

let read: PageAssets | undefined

/** What is inlined into an HTML report, read once: uPlot as it is installed, and the page's own script as it was compiled. */
export function pageAssets(): PageAssets {
  read ??= readAssets()
  return read
}

function readAssets(): PageAssets {
  const plot = dirname(createRequire(import.meta.url).resolve('uplot'))
  const text = (path: string | URL): string => readFileSync(path, 'utf8')
  return {
    plotScript: text(join(plot, 'uPlot.iife.min.js')),
    plotStyle: text(join(plot, 'uPlot.min.css')),
    pageScript: text(new URL('../report/browser/charts.js', import.meta.url)),
  }
}
