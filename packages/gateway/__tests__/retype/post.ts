import { Agent, request } from 'node:http';
import type { GraphqlAnswer } from '../harness.ts';

/** Many requests at once, on connections that are kept: `fetch` took more of the machine than the gateways. */
const agent = new Agent({
  keepAlive: true,
  maxSockets: 200,
  // A server closes what was idle for five seconds, maybe at the moment in which it is used again.
  timeout: 2_500,
});

/** Posts an operation. Rejects where there is no answer. */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<GraphqlAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/graphql`,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(JSON.parse(Buffer.concat(parts).toString('utf8')));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

export function closeConnections(): void {
  agent.destroy();
}
