#!/usr/bin/env node
/** The bin: arguments, streams and exit code. The only place that exits, for the command and for its members alike. */
const [, , ...argv] = process.argv

if (argv[0] === '--member') {
  const { serveAsMember } = await import('./runner/member.js')
  process.exit(await serveAsMember())
} else {
  const { cli, explainBug } = await import('./cli/cli.js')
  const { stdout, stderr, env } = process
  process.on('uncaughtException', (error) => process.exit(explainBug(error, stderr)))
  process.title = 'feedbench runner'
  const exitCode = await cli(argv, {
    stdout,
    stderr,
    env,
    onInterrupt: (listener) => process.on('SIGINT', listener).on('SIGTERM', listener).on('SIGHUP', listener),
  })
  // What was written to a pipe must be out before the process ends.
  await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))))
  process.exit(exitCode)
}
