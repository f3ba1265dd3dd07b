/** `npm run isolation-report` writes what this test looks at; so the page cannot say what the tests do not. */
import { writeFileSync } from 'node:fs';
import { gatherEvidence, holds, writeReport } from './isolation/report.ts';

const out = process.env.FORMWORK_ISOLATION_REPORT;
const operations = Number(process.env.FORMWORK_OPERATIONS ?? (out ? 10_000 : 600));
const seed = Number(process.env.FORMWORK_SEED ?? Date.now() % 2 ** 31);

test(`every statement that is sent keeps to its tenant, and the report says so (seed ${seed})`, async () => {
  const evidence = await gatherEvidence({ operations, seed });
  if (out) writeFileSync(out, writeReport(evidence, new Date()));
  const { carriedOut, catalog, explained, fuzz, missed } = evidence;
  expect(catalog.filter(({ broken }) => broken.length > 0)).toEqual([]);
  expect(explained.unscoped.slice(0, 3).join('\n\n')).toBe('');
  expect(explained.statements).toBeGreaterThan(100);
  expect(carriedOut.unscoped.slice(0, 3).join('\n\n')).toBe('');
  expect(carriedOut.unseen).toEqual([]);
  expect(carriedOut.functions).toEqual(expect.arrayContaining(['fill_record', 'roll_up', 'search_records']));
  expect(carriedOut.scans).toBeGreaterThan(100);
  expect(explained.scans).toBeGreaterThan(explained.statements);
  expect(fuzz.leaks.join('\n\n')).toBe('');
  expect(missed.filter(({ isNoticed }) => !isNoticed)).toEqual([]);
  expect(holds(evidence)).toBe(true);
  expect(writeReport(evidence, new Date())).toContain('Everything on this page holds.');
  // A page about a leak does not say that all is well.
  const leaking = { ...evidence, fuzz: { ...fuzz, leaks: ['Tenant a: zqb1'] } };
  expect(writeReport(leaking, new Date())).toMatch(/does not hold[\s\S]*Tenant a: zqb1/);
}, 100_000_000);
