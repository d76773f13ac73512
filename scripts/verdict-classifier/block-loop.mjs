/**
 * Loaded into every member of a run (`--import`): blocks the loop of a driver for so many milliseconds, again and again, as somebody's timer might.
 * CLASSIFIER_BLOCK is `<busy>/<every>`.
 */
const [busyMs, everyMs] = (process.env.CLASSIFIER_BLOCK ?? '').split('/').map(Number)

if (busyMs > 0 && everyMs > busyMs) {
  setInterval(() => {
    if (!process.title.startsWith('feedbench driver')) return
    const endMs = performance.now() + busyMs
    while (performance.now() < endMs);
  }, everyMs).unref()
}
