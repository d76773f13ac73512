import type { Command } from './command.js'

/** A command as the list of all shows it. Its module is loaded when it is asked for: what all of them need takes longer than most of them take. */
export interface CommandEntry {
  /** Its name, then what stands after it. */
  usage: string
  describe: string
  load(): Promise<Command>
}

/** In the order in which `feedbench --help` shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'run <scenario>',
    describe: 'Execute a scenario, print the comparison and write the run folder',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    usage: 'check-target <scenario>',
    describe: "Say which parts of the contract a scenario's own server meets, and what is missing",
    load: async () => (await import('./check-target.js')).checkTargetCommand,
  },
  {
    usage: 'serve',
    describe: 'Run the feed server alone, for curl, a browser or a client of your own',
    load: async () => (await import('./serve.js')).serveCommand,
  },
  {
    usage: 'list',
    describe: 'Show the scenarios that come along and the transports',
    load: async () => (await import('./list.js')).listCommand,
  },
  {
    usage: 'report <run..>',
    describe: 'Render one or more runs or gates',
    load: async () => (await import('./report.js')).reportCommand,
  },
  {
    usage: 'compare <baseline> <candidate>',
    describe: 'Compare two runs, figure by figure: what got worse, what got better, what nobody can tell',
    load: async () => (await import('./compare.js')).compareCommand,
  },
  {
    usage: 'gate [scenario]',
    describe: 'Compare two servers in turns, and end with 1 where the candidate is slower, heavier or lossy',
    load: async () => (await import('./gate.js')).gateCommand,
  },
  {
    usage: 'baseline <action> [what]',
    describe: 'Keep runs that later ones are held against by gate --against',
    load: async () => (await import('./baseline.js')).baselineCommand,
  },
  {
    usage: 'doctor',
    describe: 'Check this machine, and say what size of scenario it can carry',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    usage: 'selftest',
    describe: 'Check feedbench itself on this machine: against theory, packets and a server that lies',
    load: async () => (await import('./selftest.js')).selftestCommand,
  },
  {
    usage: 'init [path]',
    describe: 'Write a first scenario that explains its keys, and say what to run next',
    load: async () => (await import('./init.js')).initCommand,
  },
]

export function nameOf({ usage }: Pick<CommandEntry, 'usage'>): string {
  return usage.split(' ', 1)[0] ?? usage
}
