/**
 * The architecture as rules. scripts/ci-imports.mjs runs them and counts what they saw.
 * Imports of types count like any other.
 */

/** The folders of src that each folder may import. The order is that of the data: nothing flows back. */
const MAY_IMPORT = {
  model: [],
  // What the figures must be: mathematics alone, for transports, the self-test and reproductions alike.
  theory: [],
  measure: ['model'],
  feed: ['model', 'measure'],
  network: ['model', 'measure'],
  // A role: whatever links are made of besides sockets and seeded numbers.
  'network/relay': ['model', 'measure', 'feed', 'network'],
  transports: ['model', 'theory', 'measure', 'feed', 'network'],
  // The suite that every transport runs: it needs a server to run it against.
  'transports/contract': ['model', 'theory', 'measure', 'feed', 'network', 'transports', 'server'],
  // Its thresholds are read by the analysis that evaluates them.
  scenario: ['model', 'feed', 'transports', 'analysis'],
  server: ['model', 'measure', 'feed', 'network', 'transports'],
  driver: ['model', 'measure', 'feed', 'network', 'transports'],
  // Sends the feed to a server that does not publish by itself.
  publisher: ['model', 'measure', 'feed', 'network', 'transports'],
  // Starts, guards and samples a server of the user's own.
  target: ['model', 'measure'],
  results: ['model'],
  analysis: ['model', 'measure'],
  report: ['model', 'measure', 'analysis'],
  // Reaches roles (server, driver) only by starting processes, and judges a trial as soon as it is over.
  runner: ['model', 'measure', 'feed', 'network', 'transports', 'server', 'driver', 'publisher', 'target', 'results', 'analysis'],
  // Leads two servers through rounds in turns, until the rounds decide.
  gate: ['model', 'measure', 'feed', 'transports', 'scenario', 'results', 'analysis', 'runner'],
  // What is known of a run while it goes on, from what its runner tells.
  live: ['model'],
  // Serves that to browsers on this machine, from a thread of the runner's process.
  dashboard: ['model'],
  // Puts together what the command and other programs use.
  library: ['model', 'measure', 'scenario', 'runner', 'results', 'analysis', 'report'],
  // Looks at the machine through what a run is made of: same reader, planner, processes and limits.
  doctor: ['model', 'measure', 'feed', 'transports', 'scenario', 'analysis', 'runner'],
  // Is publisher and client of a server of the user's own, to say what it lacks.
  'target-check': ['model', 'measure', 'feed', 'network', 'transports', 'publisher', 'scenario', 'runner'],
  // Holds what a run is made of against theory, packets and a server that lies.
  selftest: ['model', 'theory', 'measure', 'feed', 'transports', 'scenario', 'analysis', 'runner'],
}

/** What tests alone may import. */
const SHIPPED = { path: '^src/', pathNot: ['[.]test[.]ts$', '^src/testing/'] }

const SOCKETS_AND_FILES =
  '^(node:)?(net|tls|http|https|http2|dgram|dns|fs|fs/promises|dns/promises|child_process|cluster|worker_threads|inspector)$'

const innerFolders = (folder) =>
  Object.keys(MAY_IMPORT)
    .filter((other) => other.startsWith(`${folder}/`))
    .map((other) => `^src/${other}/`)

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  comment: `src/${folder} may import ${allowed.join(', ') || 'nothing'} of src`,
  severity: 'error',
  // A folder within another that has a line of its own follows that.
  from: { path: `^src/${folder}/`, pathNot: [...SHIPPED.pathNot, ...innerFolders(folder)] },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}))

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'known-folder',
      comment: 'A new folder of src takes its place in MAY_IMPORT first',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [`^src/(${Object.keys(MAY_IMPORT).join('|')}|cli|testing)/`, '^src/(main|index|transport)[.]ts$'],
      },
      to: {},
    },
    { name: 'no-cycles', comment: 'Nobody imports whoever imports them', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', comment: 'An import leads somewhere', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'model-imports-nothing',
      comment: 'The nouns stand by themselves: no package, not even one of Node',
      severity: 'error',
      from: { ...SHIPPED, path: '^src/model/' },
      to: { pathNot: '^src/model/' },
    },
    {
      name: 'no-transport-imports-another',
      comment: 'What two transports share stands beside their folders',
      severity: 'error',
      from: { path: '^src/transports/([^/]+)/' },
      to: { path: '^src/transports/[^/]+/', pathNot: '^src/transports/$1/' },
    },
    {
      name: 'main-only-hands-on',
      comment: 'The bin is the command, or a process that the runner started',
      severity: 'error',
      from: { path: '^src/main[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(cli|model|runner)/' },
    },
    {
      name: 'nobody-imports-the-command-line',
      comment: 'Commands are wiring; what is worth importing belongs elsewhere',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/main[.]ts$'] },
      to: { path: '^src/(cli/|main[.]ts$)' },
    },
    {
      name: 'contract-is-for-tests',
      comment: 'What every transport is held by takes no part in a run',
      severity: 'error',
      from: { ...SHIPPED, pathNot: [...SHIPPED.pathNot, '^src/transports/contract/', '^src/transport[.]ts$'] },
      to: { path: '^src/(transports/contract/|transport[.]ts$)' },
    },
    {
      name: 'library-takes-over-no-process',
      comment: 'Titles, signals and ends of processes are for the bin and the members that it starts',
      severity: 'error',
      from: { path: '^src/(index|transport)[.]ts$' },
      to: { path: '^src/(cli/|main[.]ts$|runner/member[.]ts$)', reachable: true },
    },
    {
      name: 'transport-entry-is-light',
      comment: 'feedbench/transport loads neither what runs a scenario nor a library that one transport needs',
      severity: 'error',
      from: { path: '^src/transport[.]ts$' },
      to: {
        path: ['^src/(library|runner|driver|report|analysis|results|scenario)/', '(^|/)node_modules/(ws|undici|vitest)/'],
        reachable: true,
      },
    },
    {
      name: 'pure',
      comment: 'analysis and report reach neither sockets nor files nor processes, by no way round',
      severity: 'error',
      from: { ...SHIPPED, path: '^src/(analysis|report)/' },
      to: { path: [SOCKETS_AND_FILES, '(^|/)node_modules/(ws|undici)/'], reachable: true },
    },
    {
      name: 'pure-histogram-only',
      comment: 'analysis and report may decode histograms, and have no clock',
      severity: 'error',
      from: { ...SHIPPED, path: '^src/(analysis|report)/' },
      to: { path: '^src/measure/', pathNot: '^src/measure/histogram[.]ts$' },
    },
    {
      name: 'one-file-imports-hdr',
      comment: 'The histogram library throws on what a clock may yield; one file knows how to hold it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/measure/histogram([.]test)?[.]ts$' },
      to: { path: '(^|/)node_modules/hdr-histogram-js/' },
    },
    {
      name: 'testing-is-not-shipped',
      comment: 'What only tests need stays out of the package',
      severity: 'error',
      from: SHIPPED,
      to: { path: ['^src/testing/', '[.]test[.]ts$'] },
    },
    {
      name: 'src-stands-alone',
      comment: 'Neither test nor scripts are shipped',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|dist)/' },
    },
    {
      name: 'shipped-needs-dependencies',
      comment: 'What is shipped imports what package.json installs with it',
      severity: 'error',
      from: SHIPPED,
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
