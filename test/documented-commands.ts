/** How a command of README, CONTRIBUTING or docs is tried. */
export type Tried =
  /** As it stands or, where that takes long or needs a place, as `run`, which ends with one of `codes` and prints what is shown. */
  | { run: string; codes?: number[]; shows: RegExp }
  /** A check of .ci/run, which must have it word for word. */
  | { inCi: true }
  /** Why it is not run. */
  | { not: string }

const FORM = { not: 'a form, not a command' }
const THESE_TESTS = { not: 'runs these tests, or some of them' }
const MEASURES = { not: 'measures for minutes: a maintainer runs it and reads what it prints' }

/** A machine that is busy may make a trial invalid, which is not what is asked here. */
const MEASURED = [0, 3]

/**
 * Every command of the documents, by its words. For `run`, $RUN is the folder of the first run, $OUT one that does not exist yet,
 * $PORT where a feed server listens, and `feedbench` is the built command.
 */
export const DOCUMENTED: Record<string, Tried> = {
  // npm ci was run before these tests.
  'npm ci && npm start': { run: 'npm start -- --duration 1 --clients 20 --out "$RUN"', codes: MEASURED, shows: /websocket/ },
  'npm start': { not: 'is run as npm ci && npm start' },
  'npm ci': { not: 'would take the packages from under these tests; .ci/run begins with it' },
  'npm cit': THESE_TESTS,
  'npm test': THESE_TESTS,
  '.ci/run': THESE_TESTS,
  'npx vitest run --project unit src/feed': THESE_TESTS,
  "npx vitest run --project unit -t 'is a list that forgets its beginning'": THESE_TESTS,
  'npx vitest run --project unit src/driver/phases.test.ts': THESE_TESTS,
  'npx vitest run --project unit src/transports/fanout.test.ts': THESE_TESTS,
  'npx vitest run --project unit src/measure/histogram.test.ts': THESE_TESTS,
  'npx vitest run --project unit src/results/schema.test.ts src/scenario/json-schema.test.ts': THESE_TESTS,
  'npx vitest run --project command test/serve.test.ts': THESE_TESTS,
  'npx vitest run test/package.test.ts': THESE_TESTS,
  'npx vitest run test/tcpdump.test.ts': THESE_TESTS,

  'npm run types': { inCi: true },
  'npm run lint': { inCi: true },
  'npm run imports': { inCi: true },
  'npm run dead-code': { inCi: true },
  'npm run package-shape': { inCi: true },
  'npm run vulnerabilities': { inCi: true },
  'npm run format': { not: 'writes what npm run lint only looks at' },
  'npm run schemas': { not: 'writes into docs/schema; the tests of the schemas say when that is due' },

  'npm run --silent feedbench -- <command>': FORM,
  'npm run --silent feedbench -- list': { run: 'npm run --silent feedbench -- list', shows: /^ {2}quick +\S/m },
  'npm run --silent feedbench -- run quick --duration 1 --clients 20': {
    run: 'npm run --silent feedbench -- run quick --duration 1 --clients 20 --transports sse --out "$OUT"',
    codes: MEASURED,
    shows: /^. sse /m,
  },
  'npm run --silent feedbench -- run burst': {
    run: 'npm run --silent feedbench -- run burst --duration 2 --clients 5 --rounds 1 --transports sse --out "$OUT"',
    codes: MEASURED,
    shows: /coalesce/,
  },
  // Two lines of docs/transports.md, which belong together: one server for both, at a port that is free.
  'npm run --silent feedbench -- serve': { not: 'is running while the others are tried' },
  'feedbench serve': { not: 'is running while the others are tried' },
  'curl -N http://127.0.0.1:8080/events': {
    run: 'curl -sN --max-time 3 "http://127.0.0.1:$PORT/events?after=0"',
    codes: [28],
    shows: /^id: \d+\ndata: \{"seq":\d+/m,
  },

  'feedbench <command> --help': FORM,
  'git worktree add ../before HEAD^ && (cd ../before && npm ci)': {
    not: 'builds another version; test/gate.test.ts gates this one against itself',
  },
  'npm run --silent feedbench -- gate gate --baseline ../before --candidate .': MEASURES,
  'feedbench gate gate --against main': MEASURES,
  'feedbench run gate --rounds 20 --out results/runs/main': MEASURES,
  'feedbench baseline save results/runs/main --name main': { not: 'needs a run of 20 rounds' },
  'feedbench baseline list': { run: 'feedbench baseline list', shows: /baselines|runs/ },
  'feedbench gate': FORM,
  'npm run gate:calibrate': MEASURES,
  'npm run gate:calibrate -- --minutes 0': {
    run: 'npm run --silent gate:calibrate -- --minutes 0 --out "$OUT"',
    shows: /^aa: false alarms \d+ of \d+/m,
  },
  'npm install feedbench': { not: 'fetches a published package; test/package.test.ts installs this one' },
  'npm install --save-dev feedbench': { not: 'the same, for a project' },
  'npx feedbench init --ci': { not: 'writes where it is run; test/package.test.ts does that in a project of its own' },
  'npm run --silent feedbench -- run docs/examples/multipart/scenario.yaml': {
    run: 'npm run --silent feedbench -- run docs/examples/multipart/scenario.yaml --duration 1 --clients 20 --out "$OUT"',
    codes: MEASURED,
    shows: /multipart/,
  },
  'npm run --silent feedbench -- check-target docs/examples/targets/express/scenario.yaml': {
    run: 'npm run --silent feedbench -- check-target docs/examples/targets/express/scenario.yaml',
    shows: /^The server meets what express needs/m,
  },
  'npm run --silent feedbench -- run docs/examples/targets/express/scenario.yaml': { not: 'is run by test/targets.test.ts' },
  'feedbench check-target <scenario>': FORM,
  'feedbench check-target': FORM,
  'feedbench check-target mine.yaml': FORM,
  'feedbench run mine.yaml': FORM,
  'feedbench serve --publish': { not: 'is running while the others are tried' },
  'feedbench run': FORM,
  'npm run bench:self -- --only polling': { not: 'a part of npm run bench:self' },
  'npm run bench:self': { not: 'measures for half an hour; .ci/run runs its short form' },
  'feedbench doctor': { not: 'takes half a minute; test/doctor.test.ts runs it' },
  'feedbench selftest': { run: 'feedbench selftest --only ledger', shows: /^ {2}pass {5}ledger / },
  'feedbench init': { not: 'writes where it is run: its own test does that' },
  // The name of a scenario that comes along; the same as npm start.
  'feedbench run quick': {
    run: 'feedbench run quick --duration 1 --clients 20 --transports sse --out "$OUT"',
    codes: MEASURED,
    shows: /^. sse /m,
  },
  'feedbench list': { run: 'feedbench list', shows: /^Transports$/m },
  'feedbench report': { run: 'feedbench report "$RUN"', shows: /^## quick$/m },
  'feedbench report <run folder>': { run: 'feedbench report "$RUN"', shows: /^## quick$/m },

  'npm run reproduce': MEASURES,
  'npm run reproduce wrk2': MEASURES,
  'npm run reproduce -- --out docs/published.md': MEASURES,
  'npm run reproduce <name>': { not: 'a form; test/reproduce.test.ts runs the cheapest' },
  'feedbench run published/<name>': FORM,
  'feedbench run published/wrk2': { not: 'measures for a minute; test/reproduce.test.ts runs the cheapest' },
  'feedbench report <run>...': { run: 'feedbench report "$RUN" "$RUN"', shows: /^## 2 runs side by side$/m },
  'feedbench compare <baseline> <candidate>': {
    run: 'feedbench compare "$RUN" "$RUN"',
    codes: MEASURED,
    shows: /^quick: candidate against baseline$/m,
  },
  'feedbench compare results/runs/before results/runs/after': FORM,
  'feedbench compare before after --format markdown --out comparison.md': FORM,
  'node scripts/gate-simulation.mjs': {
    not: 'takes half a minute; test/gate-simulation.test.ts simulates some hundred with the same code',
  },
  'node scripts/screenshots.mjs': { not: 'needs Chromium, and a page to take pictures of' },
  'node scripts/live-cost.mjs': MEASURES,
  'node scripts/memory.mjs': MEASURES,
  'node scripts/fuzz.mjs': { not: 'tries ten thousands of cases; test/fuzz.test.ts tries some hundred with the same code' },
  'node scripts/packet-times.mjs': MEASURES,
  'node scripts/verdict-classifier.mjs': MEASURES,
  'node scripts/truth.mjs': MEASURES,
  'node scripts/link-precision.mjs': MEASURES,
  'node scripts/truth.mjs points': MEASURES,
  'node scripts/truth.mjs stall': MEASURES,
}
