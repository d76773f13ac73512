/** What a transport's model is asked with: the conditions of one trial, as far as models know them. Base units. */
export interface PredictionConditions<Options extends object = object> {
  /** As the descriptor's `optionsSchema` gives them back. */
  options: Options
  feed: {
    arrival: 'poisson' | 'periodic'
    /** As it came out in the windows for a Poisson feed, as planned for a periodic one. */
    ratePerSec: number
    /** UTF-8 length of every message's text. */
    payloadBytes: number
    /** Of the messages in the windows. */
    firstSeq: number
    lastSeq: number
  }
  clients: number
  windowUs: number
  /** The mean delay that the link added, one way each; `null`: no link. */
  link: { toServerUs: number; toClientUs: number } | null
  /** Nothing goes through for so long, once, within the window; `null`: no such event. */
  stallUs: number | null
  request: {
    /** Of the `Host` header: `127.0.0.1:40123`. */
    authority: string
    /** Beyond those that the protocol needs. */
    headers: readonly [name: string, value: string][]
  }
}

/** What a model expects of a figure of the trial. */
export interface PredictedFigure {
  /** Path of the figure, such as `latencyUs.mean`; `requests.emptyShare` and `messages.deliveredShare` are shares, 0 to 1. */
  metric: string
  /** In the figure's own unit; `null`: the model does not hold here. */
  expected: number | null
  /** The formula in short; where nothing is expected, why. */
  source: string
}

/** Predictions beside what was measured. */
export interface Predicted {
  figures: {
    metric: string
    expected: number
    measured: number | null
    /** measured / expected - 1; `null` where either is missing, or 0 was expected. */
    deviation: number | null
    source: string
  }[]
  /** Why there are no figures, or not all that there could be; `null` where nothing is left out. */
  notCovered: string | null
}
