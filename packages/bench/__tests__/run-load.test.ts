import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runLoad } from '../src/load/run-load.ts';
import type { Target } from '../src/targets/target.ts';

const requests = [{ headers: {}, body: '{}' }];
const how = { connections: 2, duration: 1, postmaster: process.pid };

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function target(answer: Parameters<typeof createServer>[1]): Promise<Target> {
  server = createServer({}, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { title: 'A server', url, pid: process.pid } as Target;
}

test('a run that is too short for one answer is done again for longer', async () => {
  const slow = await target((_, response) => {
    setTimeout(() => response.end('{}'), 1_500);
  });
  expect((await runLoad(slow, requests, how)).rate).toBeGreaterThan(0);
});

test('a server that refuses fails the run', async () => {
  const refusing = await target((_, response) => {
    response.writeHead(500).end();
  });
  await expect(runLoad(refusing, requests, how)).rejects.toThrow(
    /^A server did not answer everything: [1-9]/,
  );
});
