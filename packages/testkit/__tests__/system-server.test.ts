import { createServer } from 'node:net';
import { withAdmin } from '@formwork/pg';
import { findSystemPostgres, startSystemServer } from '../src/system-server.ts';

const postgres = findSystemPostgres(15);

(postgres ? test : test.skip)(
  'a server takes another port where somebody was faster',
  async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port: taken } = other.address() as { port: number };
    const ports = [taken];
    if (!postgres) return;
    const server = await startSystemServer(postgres, async () => ports.pop() ?? freePort());
    try {
      expect(new URL(server.adminUrl).port).not.toBe(String(taken));
      const { rows } = await withAdmin(server.adminUrl, (admin) => admin.query('select 1 as one'));
      expect(rows).toEqual([{ one: 1 }]);
    } finally {
      await server.stop();
      other.close();
    }
  },
  120_000,
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
