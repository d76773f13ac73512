/** How often an answer carries so many messages. The shares of a model add up to 1. */
export interface AnswerShare {
  messages: number
  share: number
}

/** What is less likely than this is left out, and the rest made to add up to 1. */
const LEAST_SHARE = 1e-12

/** How many messages of a Poisson feed fall into a time in which `mean` are expected: e^-mean mean^n / n!. */
export function poissonAnswers(mean: number): AnswerShare[] {
  const shares: AnswerShare[] = []
  // By logarithms: e^-mean alone is 0 in floating point from 746 on.
  let logarithm = -mean
  for (let messages = 0; messages <= mean || logarithm > Math.log(LEAST_SHARE); messages++) {
    if (logarithm > Math.log(LEAST_SHARE)) shares.push({ messages, share: Math.exp(logarithm) })
    if (mean === 0) break
    logarithm += Math.log(mean) - Math.log(messages + 1)
  }
  const sum = shares.reduce((total, { share }) => total + share, 0)
  return shares.map(({ messages, share }) => ({ messages, share: share / sum }))
}

/** How many messages of a periodic feed fall into a time that is `mean` periods long and begins anywhere: the whole number below or above. */
export function periodicAnswers(mean: number): AnswerShare[] {
  const fewer = Math.floor(mean)
  const more = mean - fewer
  return [
    { messages: fewer, share: 1 - more },
    { messages: fewer + 1, share: more },
  ].filter(({ share }) => share > LEAST_SHARE)
}

export function meanMessages(answers: readonly AnswerShare[]): number {
  return answers.reduce((sum, { messages, share }) => sum + messages * share, 0)
}

export function emptyShareOf(answers: readonly AnswerShare[]): number {
  return answers.find(({ messages }) => messages === 0)?.share ?? 0
}
