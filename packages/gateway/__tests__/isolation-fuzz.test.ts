/** `npm run fuzz:isolation -- --operations 1000000 --seed 5` runs this with more. */
import { asAdmin } from '@formwork/testkit';
import { checkToldPlans } from './isolation/check-told-plans.ts';
import { explainAll } from './isolation/explain.ts';
import { runFuzz } from './isolation/fuzz.ts';

const seed = Number(process.env.FORMWORK_SEED ?? Date.now() % 2 ** 31);
const operations = Number(process.env.FORMWORK_OPERATIONS ?? 10_000);
/** A longer run starts anew after so many, so that neither memory nor tables grow with it. */
const round = 20_000;

test(`${operations} operations of four tenants against each other carry nothing across (seed ${seed})`, async () => {
  for (let done = 0; done < operations; done += round) {
    const count = Math.min(round, operations - done);
    const tally = await runFuzz({ operations: count, seed: seed + done });
    expect(tally.leaks.join('\n\n')).toBe('');
    // It was what it says.
    expect(tally.answered).toBeGreaterThan(count * 0.3);
    expect(tally.refused).toBeGreaterThan(count * 0.2);
    expect(tally.compared).toBeGreaterThan(count * 0.05);
    expect(tally.comparedStatements).toBeGreaterThan(tally.compared);
    expect(tally.thrown).toBeGreaterThan(count * 0.05);
    expect(tally.left).toBeGreaterThan(count * 0.02);
    if (operations > round) process.stderr.write(`${done + count} operations\n`);
  }
}, 100_000_000);

/** A test of the test: what is taken away, it finds, and so do the plans. */
test('without the policy of records the run leaks, and plans have no tenant, in functions either', async () => {
  const unscoped: number[] = [];
  const tally = await runFuzz(
    {
      operations: 400,
      seed: 1,
      plans: true,
      prepare: (world) =>
        asAdmin(world.harness.database, async (admin) => {
          await admin.query(
            'alter policy tenant_isolation on formwork.records using (true) with check (true)',
          );
        }),
    },
    async (world) => {
      for (const look of [explainAll, checkToldPlans]) unscoped.push((await look(world)).unscoped.length);
    },
  );
  expect(tally.leaks.length).toBeGreaterThan(0);
  expect(Math.min(...unscoped)).toBeGreaterThan(0);
});
