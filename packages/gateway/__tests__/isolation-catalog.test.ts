/** What keeps tenants apart, read off the catalog; and that each protection, taken away, is missed. */
import { asAdmin } from '@formwork/testkit';
import { Harness } from './harness.ts';
import { checkCatalog, type Finding } from './isolation/catalog-promises.ts';
import { lookalike, trade } from './isolation/designs.ts';
import { brokenWithout, takenAway } from './isolation/taken-away.ts';

let harness: Harness;
let findings: readonly Finding[];

beforeAll(async () => {
  harness = await Harness.open();
  await harness.tenant('one', trade);
  await harness.tenant('two', lookalike('zqc'));
  findings = await asAdmin(harness.database, checkCatalog);
});
afterAll(() => harness.close());

test('every promise of the catalog is kept, and is about something', () => {
  expect(findings.filter(({ broken }) => broken.length > 0)).toEqual([]);
  expect(findings.filter(({ examined }) => examined.length === 0)).toEqual([]);
  const generated = findings.find(({ name }) => name.startsWith('What customers’ designs generate'));
  expect(generated?.examined.length).toBeGreaterThan(2);
});

/** Of what stands there, each time without one of them. */
test.each(takenAway)('misses a protection: $name', async (protection) => {
  expect(await brokenWithout(harness.database, protection)).toContainEqual(
    expect.stringContaining(protection.promise),
  );
});
