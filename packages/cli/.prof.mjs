import { createTenant } from '@formwork/directory';
import { connectControlPlane, connectDataPlane, openPostgres } from '@formwork/pg';
import { applyRegistry, loadTenantRegistry } from '@formwork/registry-store';
import { loadAviation } from './dist/demo/aviation.js';
import { loadMarketplace } from './dist/demo/marketplace.js';
import { readTemplate } from './dist/templates.js';

const pg = await openPostgres({ dataDir: '/tmp/cli-prof' });
const control = connectControlPlane({ url: pg.designerUrl });
const data = connectDataPlane({ url: pg.gatewayUrl, budget: 600000 });
const stats = new Map();
for (const [name, load] of [
  ['aviation', loadAviation],
  ['marketplace', loadMarketplace],
]) {
  const t = await createTenant(control, { slug: name + '-' + Date.now().toString(36) });
  await applyRegistry(control, t.id, await readTemplate(name), { appliedBy: 'x' });
  const { registry, version } = await loadTenantRegistry(control, t.id);
  const t0 = performance.now();
  let commit0;
  await data.write(t.id, version, async (tx) => {
    await load({
      registry,
      execute: async (s) => {
        const a = performance.now();
        try {
          return await tx.run(s);
        } finally {
          const k = s
            .map((x) => x.text.trim().split(/\s+/).slice(0, 6).join(' '))
            .join(' | ')
            .slice(0, 110);
          const e = stats.get(name + k) ?? [0, 0];
          e[0]++;
          e[1] += performance.now() - a;
          stats.set(name + k, e);
        }
      },
    });
    commit0 = performance.now();
  });
  console.log(name, 'total', (performance.now() - t0) | 0, 'commit', (performance.now() - commit0) | 0);
}
console.log(
  [...stats]
    .sort((a, b) => b[1][1] - a[1][1])
    .slice(0, 14)
    .map(([k, [n, ms]]) => `${ms | 0}ms ${n}x ${k}`)
    .join('\n'),
);
await data.close();
await control.close();
await pg.stop();
