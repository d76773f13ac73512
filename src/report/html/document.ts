import { html, Markup } from './markup.js'
import { hashOf } from './policy.js'
import { STYLE } from './style.js'

/** What a page needs beside its content, as texts: whoever renders reads them, since a renderer touches no file. */
export interface PageAssets {
  /** uPlot 1.6, as a script that makes `uPlot` global, and its style. */
  plotScript: string
  plotStyle: string
  /** The compiled scripts of src/report/browser that the page runs. */
  pageScript: string
}

export interface Page {
  text: string
  /** What the page may do, as it says itself. */
  policy: string
}

/** A page that holds all that it needs. `connects`: to where it came from. */
export function documentOf(
  title: string,
  { plotStyle, plotScript, pageScript }: PageAssets,
  body: Markup,
  { style: more = '', connects = false }: { style?: string; connects?: boolean } = {},
): Page {
  return pageOf(title, body, { style: `${plotStyle}\n${STYLE}${more}`, script: `${plotScript}\n${pageScript}`, connects })
}

/** The same for a page that draws nothing by itself. */
export function plainDocumentOf(title: string, body: Markup, more: string): Page {
  return pageOf(title, body, { style: `${STYLE}${more}`, script: null, connects: false })
}

interface Parts {
  style: string
  script: string | null
  connects: boolean
}

function pageOf(title: string, body: Markup, { style, script, connects }: Parts): Page {
  const scripts = script === null ? '' : `script-src ${hashOf(script)}; `
  const policy = `default-src 'none'; ${scripts}style-src ${hashOf(style)}; ${connects ? "connect-src 'self'; " : ''}base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}: feedbench</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
${script === null ? null : html`<script>${new Markup(script)}</script>`}
</body>
</html>
`
  return { text: page.text, policy }
}
