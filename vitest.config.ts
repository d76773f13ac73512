import { defineConfig } from 'vitest/config'
import { inOrderOf } from './test/in-order.js'

/**
 * Tests of the built command, and of its pages in a browser, that wait more than they work, and ask of no trial that it be valid. Those that take a minute or more come first, the
 * longest before all: begun last, they would be waited for alone.
 */
const WAITING = [
  'documented-commands',
  'interrupted',
  'killed',
  'limits',
  'trace',
  'doctor',
  'error-codes',
  'suspended',
  'surroundings',
  'refused',
  'installed',
  'hostile-run',
  'action',
  'action-scripts',
  'bugs',
  'commands',
  'compare-page',
  'completion',
  'documents',
  'fuzz',
  'gate-simulation',
  'gate-stored',
  'init',
  'init-ci',
  'library',
  'library-input',
  'members',
  'output',
  'package',
  'report-page',
  'seams',
  'serve-limits',
  'targets',
].map((name) => `test/${name}.test.ts`)

/**
 * Three projects, one after the other, because a machine that is under load tells a test little about time: `unit` runs with two files at a time; then
 * `waiting` runs the built command with five at a time, and `command` one file at a time.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    maxWorkers: 2,
    sequence: { sequencer: inOrderOf(WAITING) },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/house.test.ts'],
          globalSetup: 'test/build.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'waiting',
          include: WAITING,
          globalSetup: 'test/build.ts',
          maxWorkers: 5,
          // Five at a time on a slow machine took some of them a minute, and one may be slower yet: that is no finding.
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'command',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house.test.ts', ...WAITING],
          globalSetup: 'test/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
