/** Where GitHub Actions looks for it, from the root of the repository. */
export const WORKFLOW_FILE = '.github/workflows/feedbench.yml'

/**
 * A workflow for GitHub Actions that works as it is and says what to edit. `scenario`: its path from the root of the repository, with slashes; in the
 * workflow it reaches a shell by the environment, whatever characters it has.
 */
export function ciWorkflow(scenario: string): string {
  return TEXT.replace('SCENARIO_PATH', () => JSON.stringify(scenario))
}

const TEXT = `# Measures the feed of every change with feedbench. It works as it is; the numbered comments say what to edit.
name: feedbench
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  feedbench:
    runs-on: ubuntu-24.04
    timeout-minutes: 45
    env:
      # 1. What is measured: the scenario, from the root of the repository. Its thresholds decide; edit them there.
      SCENARIO: SCENARIO_PATH
    steps:
      # Actions are pinned by commit: a tag can be moved.
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          # With the commit before this one, which the gate below needs.
          fetch-depth: 2
          persist-credentials: false
      - uses: actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0
        with:
          node-version: '22'

      # 2. What builds your project. feedbench is one of its devDependencies: npm install --save-dev feedbench
      - name: Build
        run: npm ci

      # Ends with 1 where a threshold fails, and with 3 where the machine was too disturbed to tell.
      - name: Measure
        run: npx --no-install feedbench run "$SCENARIO" --out "$RUNNER_TEMP/feedbench" --progress lines

      # Annotations and the summary of the job; junit.xml is for whatever shows test results.
      - name: Report
        if: \${{ !cancelled() }}
        run: |
          npx --no-install feedbench report "$RUNNER_TEMP/feedbench" --format github
          npx --no-install feedbench report "$RUNNER_TEMP/feedbench" --format junit --out "$RUNNER_TEMP/feedbench/junit.xml"

      # 3. The gate: your server of this commit against that of the commit before, in turns on the same machine. It needs a server of your own
      #    as the target of the scenario; then take away the "# " of these lines, and build the baseline as you build your project.
      # - name: Build the baseline
      #   run: |
      #     git worktree add --detach "$RUNNER_TEMP/baseline" HEAD^
      #     cd "$RUNNER_TEMP/baseline"
      #     npm ci
      # - name: Gate
      #   run: npx --no-install feedbench gate "$SCENARIO" --baseline "$RUNNER_TEMP/baseline" --candidate . --out "$RUNNER_TEMP/feedbench/gate"

      - name: Keep what was measured
        if: \${{ !cancelled() }}
        uses: actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0
        with:
          name: feedbench
          path: \${{ runner.temp }}/feedbench
`
