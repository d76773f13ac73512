import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.js'

/** Tests of the built command, and of its pages in a browser, that wait more than they work, and ask of no trial that it be valid. */
const WAITING = [
  'action',
  'action-scripts',
  'bugs',
  'commands',
  'compare-page',
  'completion',
  'documented-commands',
  'documents',
  'doctor',
  'error-codes',
  'fuzz',
  'gate-simulation',
  'gate-stored',
  'hostile-run',
  'init',
  'init-ci',
  'installed',
  'interrupted',
  'killed',
  'library',
  'library-input',
  'limits',
  'members',
  'output',
  'package',
  'refused',
  'report-page',
  'seams',
  'serve-limits',
  'surroundings',
  'suspended',
  'targets',
  'trace',
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
    sequence: { sequencer: LongestFirst },
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
          // Five at a time on a slow machine took one of them over a minute: that is no finding.
          testTimeout: 120_000,
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
