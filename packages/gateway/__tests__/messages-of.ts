import type { TestGateway } from './harness.ts';

/** Of keys, and of registries: both are read anew after an announcement, which may come at any time after a change. */
const ofTenants = /\bformwork\.(?:api_keys|tenants|entity_types)\b/;

/** What `work` had the gateway send about records: the statements of each message. */
export async function messagesOf<T>(
  gateway: TestGateway,
  work: () => Promise<T>,
): Promise<{ readonly answer: T; readonly messages: readonly (readonly string[])[] }> {
  const from = gateway.lines.length;
  const answer = await work();
  const messages = gateway.lines
    .slice(from)
    .filter(({ msg }) => msg === 'batch')
    .map(({ statements }) => statements as readonly string[])
    .filter((statements) => !statements.some((text) => ofTenants.test(text)));
  return { answer, messages };
}
