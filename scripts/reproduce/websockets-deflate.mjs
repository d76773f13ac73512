import { deflateMemoryBytes } from '../../dist/theory/wire.js'
import { trialOf, valuesOf } from './trials.mjs'

const LABELS = { off: 'websocket(compression=off)', on: 'websocket(compression=on)' }

export async function reproduce(measure) {
  const result = await measure()
  const [few, many] = valuesOf(result, 'clients')
  const rss = (label, clients) => trialOf(result, { label, clients }).server.rssBytes
  const slope = (label) => (rss(label, many) - rss(label, few)) / (many - few)
  const estimate = deflateMemoryBytes({ windowBits: 15, memLevel: 8 })
  const perConnection = slope(LABELS.on) - slope(LABELS.off)
  return {
    figures: {
      'zlib.w15m8': estimate,
      'zlib.w12m5': deflateMemoryBytes({ windowBits: 12, memLevel: 5 }),
      'deflate.perConnection': perConnection,
      'deflate.toEstimate': perConnection / estimate,
    },
    tables: [
      {
        title: 'Resident memory of the server at the end of the window',
        heads: ['', ...[few, many].map((clients) => `${clients} connections`), 'a connection'],
        rows: Object.values(LABELS).map((label) => [
          label,
          ...[few, many].map((clients) => `${(rss(label, clients) / 1e6).toFixed(1)} MB`),
          `${(slope(label) / 1024).toFixed(1)} KiB`,
        ]),
      },
    ],
  }
}
