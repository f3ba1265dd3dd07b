import Sequencer from '@jest/test-sequencer';

/**
 * Short files that take long, by seconds. Jest begins with what took longest, and with large files as long as it has not
 * measured any, as in a fresh clone: there these came last, and one worker had nothing to do while the other went on.
 */
const long = [
  'gateway/__tests__/isolation-fuzz.test.ts',
  'gateway/__tests__/differential/differential.test.ts',
  'gateway/__tests__/crash.test.ts',
  'gateway/__tests__/isolation-injection.test.ts',
  'pg/__tests__/embedded.test.ts',
  'gateway/__tests__/bulk-writes.test.ts',
  'gateway/__tests__/isolation-report.test.ts',
  'gateway/__tests__/rollups.test.ts',
  'gateway/__tests__/isolation-denial.test.ts',
  'cli/__tests__/start.test.ts',
  'gateway/__tests__/many-changes.test.ts',
  'gateway/__tests__/graphiql.test.ts',
  'gateway/__tests__/concurrency.test.ts',
  'gateway/__tests__/retype-under-load.test.ts',
  'records/__tests__/read-plans.test.ts',
  'records/__tests__/read-properties.test.ts',
  'records/__tests__/read-walks.test.ts',
  'gateway/__tests__/roles-reading.test.ts',
];

const orderOf = ({ path }) => {
  const place = long.findIndex((name) => path.endsWith(name));
  return place < 0 ? long.length : place;
};

/** The order in which test files are run. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isMeasured = sorted.some(({ duration }) => duration !== undefined);
    return isMeasured ? sorted : sorted.sort((one, other) => orderOf(one) - orderOf(other));
  }
}
