import { polling } from '../../dist/theory/polling.js'
import { trialOf } from './trials.mjs'

/** Theirs are a hundred times as long. */
const SCALE_US = 1e4
const INTERVALS_S = [1, 5, 15, 50]

export async function reproduce(measure) {
  const result = await measure()
  const grid = INTERVALS_S.map((p) => INTERVALS_S.map((t) => cellOf(result, p, t)))
  const at = (p, t) => grid[INTERVALS_S.indexOf(p)][INTERVALS_S.indexOf(t)]
  const unequal = grid.flatMap((cells, row) => cells.filter((_, column) => column !== row))
  const equal = INTERVALS_S.slice(1).map((s) => at(s, s))
  return {
    figures: {
      'delivered.p1t5': at(1, 5).delivered,
      'delivered.p1t15': at(1, 15).delivered,
      'delivered.p5t15': at(5, 15).delivered,
      'delivered.p5t50': at(5, 50).delivered,
      'delivered.p15t50': at(15, 50).delivered,
      'empty.p50t15': at(50, 15).empty,
      'empty.p50t1': at(50, 1).empty,
      'equal.delivered': Math.min(...equal.map(({ delivered }) => delivered)),
      'equal.empty': Math.max(...equal.map(({ empty }) => empty)),
      'deviation.delivered': Math.max(...unequal.map(({ delivered, model }) => Math.abs(delivered - model.deliveredShare))),
      'deviation.empty': Math.max(...unequal.map(({ empty, model }) => Math.abs(empty - model.emptyShare))),
    },
    tables: [
      gridTable('Share of the messages that is delivered, measured (and by the model)', grid, ({ delivered, model }) => [
        delivered,
        model.deliveredShare,
      ]),
      gridTable('Share of the polls that bring nothing, measured (and by the model)', grid, ({ empty, model }) => [
        empty,
        model.emptyShare,
      ]),
    ],
  }
}

function cellOf(result, p, t) {
  const ratePerSec = 1e6 / (p * SCALE_US)
  const intervalUs = t * SCALE_US
  const { messages, requests } = trialOf(result, { ratePerSec, 'transports.polling.interval': intervalUs })
  return {
    // A poll that is not empty brings one message. By the ledger the last message of all would count too, which nothing supersedes.
    delivered: (requests.total - requests.empty) / messages.expected,
    empty: requests.empty / requests.total,
    model: polling({ arrival: 'periodic', ratePerSec, intervalUs, toServerUs: 0, toClientUs: 0, latestOnly: true }),
  }
}

function gridTable(title, grid, values) {
  const percent = (share) => `${(share * 100).toFixed(1)} %`
  return {
    title,
    heads: ['', ...INTERVALS_S.map((t) => `T = ${t} s`)],
    rows: grid.map((cells, index) => [
      `P = ${INTERVALS_S[index]} s`,
      ...cells.map((cell) => values(cell).map(percent)).map(([measured, model]) => `${measured} (${model})`),
    ]),
  }
}
