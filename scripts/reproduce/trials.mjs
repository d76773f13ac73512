/** The one trial of a result with these properties and this load. */
export function trialOf({ trials }, wanted) {
  const found = trials.filter((trial) =>
    Object.entries(wanted).every(([key, value]) =>
      Object.hasOwn(trial.load, key) ? isNear(trial.load[key], value) : trial[key] === value,
    ),
  )
  if (found.length !== 1) throw new Error(`expected one trial of ${JSON.stringify(wanted)}, got ${found.length}`)
  return found[0]
}

/** What the transport's model expects of a figure of the trial, and what came; not numbers where the model does not cover the trial, so that nothing is met. */
export function predictedOf({ predicted }, metric) {
  const none = { expected: Number.NaN, measured: Number.NaN, deviation: Number.NaN }
  return predicted.figures.find((figure) => figure.metric === metric && figure.deviation !== null) ?? none
}

/** Values of an axis, in order. */
export function valuesOf({ trials }, axis) {
  return [...new Set(trials.map(({ load }) => load[axis]))].sort((left, right) => left - right)
}

export function windowUs({ windows: [{ startUs, endUs }] }) {
  return endUs - startUs
}

/** Messages a second that the schedule had in the window. */
export function scheduledPerSec(trial) {
  return (trial.messages.scheduled / windowUs(trial)) * 1e6
}

/** Bytes beyond the messages' own, per delivery. */
export function overheadPerMessage({ bytes }) {
  return (bytes.perMessage * bytes.overheadRatio) / (1 + bytes.overheadRatio)
}

/** Slope of a line through points by least squares, and how far the points lie from it at most, as a share of the line's value there. */
export function line(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean(([first]) => first), mean(([, second]) => second)]
  const slope =
    points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0)
  const intercept = y - slope * x
  return { slope, intercept, deviation: Math.max(...points.map(([px, py]) => Math.abs(py / (intercept + slope * px) - 1))) }
}

/** Slope of a line through the origin, by least squares of the relative deviations, and the greatest of these. */
export function proportion(points) {
  const ratios = points.map(([x, y]) => y / x)
  const slope = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length
  return { slope, deviation: Math.max(...ratios.map((ratio) => Math.abs(ratio / slope - 1))) }
}

function isNear(left, right) {
  return typeof right === 'number' ? Math.abs(left - right) <= Math.abs(right) * 1e-6 : left === right
}
