// Prints `<passed> <failed>` for the JSON report of a test run. What never ran is a failure too: a file that does not load,
// an error outside of any test, a report without a test, a run that left no report.
import { readFileSync } from 'node:fs'

const [report = '', exitCode = '1'] = process.argv.slice(2)

function countTests() {
  let run
  try {
    run = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
  const passed = run.numPassedTests
  const brokenFiles = run.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = run.numFailedTests + brokenFiles.length
  const isUnexplained = failed === 0 && (exitCode !== '0' || !run.success || passed === 0)
  return { passed, failed: isUnexplained ? 1 : failed }
}

const { passed, failed } = countTests()
console.log(`${passed} ${failed}`)
