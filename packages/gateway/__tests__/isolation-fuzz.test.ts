/** `npm run fuzz:isolation -- --operations 1000000 --seed 5` runs this with more. */
import { asAdmin } from '@formwork/testkit';
import { explainAll } from './isolation/explain.ts';
import { runFuzz } from './isolation/fuzz.ts';

const seed = Number(process.env.FORMWORK_SEED ?? Date.now() % 2 ** 31);
const operations = Number(process.env.FORMWORK_OPERATIONS ?? 1_000);

test(`${operations} operations of four tenants against each other carry nothing across (seed ${seed})`, async () => {
  const outcome = await runFuzz({
    operations,
    seed,
    ...(operations > 10_000 ? { tell: (done: number) => process.stderr.write(`${done} operations\n`) } : {}),
  });
  expect(outcome.leaks.join('\n\n')).toBe('');
  // It was what it says.
  expect(outcome.answered).toBeGreaterThan(operations * 0.3);
  expect(outcome.refused).toBeGreaterThan(operations * 0.2);
  expect(outcome.compared).toBeGreaterThan(operations * 0.05);
  expect(outcome.thrown).toBeGreaterThan(operations * 0.05);
  expect(outcome.left).toBeGreaterThan(operations * 0.02);
}, 100_000_000);

/** A test of the test: what is taken away, it finds, and so do the plans. */
test('without the policy of records the run leaks, and plans have no tenant', async () => {
  let unscoped = 0;
  const outcome = await runFuzz(
    {
      operations: 500,
      seed: 1,
      prepare: (world) =>
        asAdmin(world.harness.database, async (admin) => {
          await admin.query(
            'alter policy tenant_isolation on formwork.records using (true) with check (true)',
          );
        }),
    },
    async (world) => {
      unscoped = (await explainAll(world)).unscoped.length;
    },
  );
  expect(outcome.leaks.length).toBeGreaterThan(0);
  expect(unscoped).toBeGreaterThan(0);
});
