import type { Argv } from 'yargs'

/** `CiFiles` as options, of a command whose outcome CI shows. On GitHub Actions annotations and the step's summary come by themselves. */
export function withCiOptions(parser: Argv): Argv {
  return parser
    .option('junit', { type: 'string', requiresArg: true, describe: 'Write JUnit XML to this file' })
    .option('comment', {
      type: 'string',
      requiresArg: true,
      describe: 'Write Markdown for a comment on a pull request to this file',
    })
    .option('benchmark-action', {
      type: 'string',
      requiresArg: true,
      describe: 'Write JSON for github-action-benchmark to this file',
    })
    .option('bmf', { type: 'string', requiresArg: true, describe: 'Write JSON for Bencher to this file' })
}
