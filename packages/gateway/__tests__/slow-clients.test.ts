import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@formwork/gateway';
import { completeConfig } from '../src/config.ts';
import { readBody } from '../src/http/body.ts';
import type { Exchange } from '../src/http/exchange.ts';
import type { Patience } from '../src/http/patience.ts';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { Metrics } from '../src/metrics.ts';
import { until } from './harness.ts';

/* Clients that take their time: each is waited for, and none for ever. */

const minute = 60_000;
const patient: Patience = { headers: minute, request: minute, answer: minute, next: minute, look: 20 };
const long = 'x'.repeat(64 * 1024 * 1024);

let server: RunningServer | null = null;
let statuses: unknown[] = [];

afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(patience: Partial<Patience>): Promise<Socket> {
  statuses = [];
  const write = (lines: string) => {
    for (const line of lines.split('\n').filter(Boolean)) statuses.push(JSON.parse(line).status);
  };
  const options = completeConfig({
    ...{ gatewayUrl: '', designerUrl: '', secret: '' },
    ...{ port: 0, host: '127.0.0.1', closeTimeout: 100 },
  });
  server = await startServer(
    { options, log: createLogger({ logLevel: 'info' }, { write }), metrics: new Metrics() },
    serve,
    { ...patient, ...patience },
  );
  const { port, hostname } = new URL(server.url);
  return connect(Number(port), hostname);
}

async function serve(exchange: Exchange): Promise<void> {
  await readBody(exchange.request, 1000);
  exchange.send({ status: 200, headers: {}, body: exchange.path === '/long' ? long : 'short' });
}

/** All that the server says until it ends the connection. */
async function hear(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

const post = (path: string) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n`;

test('whose headers have no end is told so and cut off', async () => {
  const socket = await start({ headers: 100 });
  socket.write(post('/'));
  const drip = setInterval(() => socket.write('x-more: y\r\n'), 20);
  expect(await hear(socket)).toMatch(/^HTTP\/1.1 408 /);
  clearInterval(drip);
});

test('whose body has no end is told so and cut off', async () => {
  const socket = await start({ headers: 100, request: 100 });
  socket.write(`${post('/')}\r\n12345`);
  expect(await hear(socket)).toMatch(/^HTTP\/1.1 408 /);
});

test('who keeps a connection and asks nothing more is parted from after its answer', async () => {
  const socket = await start({ next: 100 });
  socket.write(`${post('/')}\r\n1234567890`);
  expect(await hear(socket)).toMatch(/^HTTP\/1.1 200 .*short/s);
});

test('who does not take an answer is cut off, and the answer forgotten', async () => {
  const socket = await start({ answer: 100 });
  socket.pause();
  socket.write(`${post('/long')}\r\n1234567890`);
  await until(() => statuses.length === 1);
  expect((await hear(socket.resume())).length).toBeLessThan(long.length);
  expect(statuses).toEqual([499]);
});

test.each(['destroy', 'resetAndDestroy'] as const)(
  'who leaves in the middle of an answer (%s) is logged as gone',
  async (leave) => {
    const socket = await start({});
    socket.on('error', () => {});
    socket.write(`${post('/long')}\r\n1234567890`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    socket[leave]();
    await until(() => statuses.length === 1);
    expect(statuses).toEqual([499]);
  },
);

test('who takes it bit by bit gets all of it', async () => {
  const socket = await start({ answer: 5_000 });
  let length = 0;
  socket.on('data', (chunk) => {
    length += chunk.length;
    socket.pause();
    void sleep(1).then(() => socket.resume());
  });
  socket.write(`${post('/long')}\r\n1234567890`);
  while (length < long.length) await sleep(20);
  expect(statuses).toEqual([200]);
  // The next request is answered on the same connection.
  const before = length;
  socket.write(`${post('/')}\r\n1234567890`);
  await until(() => statuses.length === 2);
  await until(() => length > before);
  socket.destroy();
});
