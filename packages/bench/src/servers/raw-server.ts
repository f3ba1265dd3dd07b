/**
 * The raw limit: node:http, one statement, its answer as it comes. No GraphQL, no authentication, no limits. Started as
 * a process of its own by `targets/raw.ts`, which puts its settings into RAW_SERVER.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationName, RawRequest } from '../operations/operation.ts';
import { connectJsonb } from './raw-jsonb.ts';
import { connectNative } from './raw-native.ts';

export interface RawServerSettings {
  readonly mode: 'jsonb' | 'native';
  readonly url: string;
  readonly statements: Readonly<Record<OperationName, string>>;
  /** Registry version that writes are fenced with; all tenants of a shop have the same. */
  readonly version: number;
}

export type Answer = (tenant: string, request: RawRequest) => Promise<string>;

const settings: RawServerSettings = JSON.parse(process.env['RAW_SERVER'] ?? '{}');
const answer: Answer = settings.mode === 'jsonb' ? connectJsonb(settings) : await connectNative(settings);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const respond = (status: number, text: string) => {
      const body = Buffer.from(text);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    };
    const tenant = String(request.headers['x-tenant']);
    answer(tenant, JSON.parse(Buffer.concat(chunks).toString())).then(
      (text) => respond(200, text),
      (error: unknown) => respond(500, String(error)),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
