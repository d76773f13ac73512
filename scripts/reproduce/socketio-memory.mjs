import { line, proportion, trialOf, valuesOf } from './trials.mjs'

export async function reproduce(measure) {
  const result = await measure()
  const points = valuesOf(result, 'clients').map((clients) => {
    const { server } = trialOf(result, { clients })
    return [clients, server.rssBytesPerConnection * clients]
  })
  const [most, bytes] = points.at(-1)
  return {
    figures: {
      'memory.perConnection': bytes / most,
      'memory.deviation': proportion(points).deviation,
      'memory.slope': line(points).slope,
    },
    tables: [
      {
        title: 'Resident memory',
        heads: ['connections', 'together', 'a connection'],
        rows: points.map(([clients, total]) => [
          String(clients),
          `${(total / 1e6).toFixed(1)} MB`,
          `${(total / clients / 1e3).toFixed(2)} kB`,
        ]),
      },
    ],
  }
}
