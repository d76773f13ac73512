import { defineConfig } from 'vitest/config'

/**
 * Two projects, because a machine that is under load tells a test little about time:
 * `unit` runs first with two files at a time, then `command` runs the built command, one file at a time.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    maxWorkers: 2,
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
          name: 'command',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house.test.ts'],
          globalSetup: 'test/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
