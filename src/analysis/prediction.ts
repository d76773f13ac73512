import type { Predicted, PredictedFigure, PredictionConditions } from '../model/prediction.js'
import type { Trial } from '../model/trial.js'
import { conditionsOf, type PredictionEvidence } from './conditions.js'
import { metricOf } from './metric.js'

/** A transport's model: `predict` of its descriptor. */
export type Predict = (conditions: PredictionConditions) => PredictedFigure[]

/** What theory expects of a trial, beside what was measured. `predict` is `undefined` where a transport has no model; it may be a plug-in's, and is not trusted. */
export function predictionOf(predict: Predict | undefined, evidence: PredictionEvidence): Predicted {
  if (predict === undefined) return nothing('a transport without a model')
  const conditions = conditionsOf(evidence)
  if (typeof conditions === 'string') return nothing(conditions)
  let figures: PredictedFigure[]
  try {
    figures = predict(conditions)
  } catch (error) {
    return nothing(`a model that failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  const reasons = new Set(figures.filter(({ expected }) => expected === null).map(({ source }) => source))
  return {
    figures: figures.flatMap(({ metric, expected, source }) =>
      expected === null || !Number.isFinite(expected) ? [] : [beside(evidence.trial, metric, expected, source)],
    ),
    notCovered: reasons.size === 0 ? null : [...reasons].join('; '),
  }
}

function nothing(notCovered: string): Predicted {
  return { figures: [], notCovered }
}

function beside(trial: Omit<Trial, 'predicted'>, metric: string, expected: number, source: string): Predicted['figures'][number] {
  const measured = measuredOf(trial, metric)
  return { metric, expected, measured, deviation: measured === null || expected === 0 ? null : measured / expected - 1, source }
}

/** Shares are not figures of a trial but follow from two of them. */
function measuredOf(trial: Omit<Trial, 'predicted'>, metric: string): number | null {
  const { requests, messages } = trial
  if (metric === 'requests.emptyShare') return share(requests.empty, requests.total)
  if (metric === 'messages.deliveredShare') return share(messages.delivered, messages.expected)
  return metricOf(trial, metric)
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
