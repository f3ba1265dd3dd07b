import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectControlPlane, connectDataPlane, openPostgres, sql } from '@formwork/pg';
import { until } from './support.ts';

test('both planes and a listener outlive a restart of the server', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'formwork-restart-'));
  await chmod(dataDir, 0o755);
  const first = await openPostgres({ dataDir });
  const plane = connectDataPlane({ url: first.gatewayUrl, max: 2 });
  const control = connectControlPlane({ url: first.designerUrl });
  const [tenant] = await control.control(
    (query) => query`insert into formwork.tenants (slug, name) values ('a', '') returning id`,
  );
  const ask = () => plane.read(tenant?.id, [sql`select 1`]);
  const heard: string[] = [];
  let reconnected = 0;
  await control.listen(
    'formwork_registry',
    (payload) => heard.push(payload),
    () => {
      reconnected += 1;
    },
  );
  await ask();

  await first.stop();
  await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  // Long enough for attempts to connect again to have failed.
  await sleep(1_500);
  const second = await openPostgres({ dataDir });
  expect(second.gatewayUrl).toBe(first.gatewayUrl);
  await until(async () => (await ask().catch(() => null)) !== null);
  await until(() => reconnected > 0);
  await control.control((query) => query`select pg_notify('formwork_registry', 'after')`);
  await until(() => heard.includes('after'));

  await Promise.all([plane.close(), control.close()]);
  await second.stop();
  await rm(dataDir, { recursive: true });
}, 120_000);
