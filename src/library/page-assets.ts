import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PageAssets } from '../report/html/document.js'

let read: PageAssets | undefined

/** What is inlined into an HTML report, read once: uPlot as it is installed, and the page's own script as it was compiled. */
export function pageAssets(): PageAssets {
  read ??= readAssets('charts.js')
  return read
}

/** The same for the page that shows a run while it goes on. */
export function dashboardAssets(): PageAssets {
  return readAssets('dashboard.js')
}

function readAssets(script: string): PageAssets {
  const plot = dirname(createRequire(import.meta.url).resolve('uplot'))
  const text = (path: string | URL): string => readFileSync(path, 'utf8')
  const compiled = (name: string): string => text(new URL(`../report/browser/${name}`, import.meta.url))
  return {
    plotScript: text(join(plot, 'uPlot.iife.min.js')),
    plotStyle: text(join(plot, 'uPlot.min.css')),
    pageScript: `${compiled('plot.js')}\n${compiled(script)}`,
  }
}
