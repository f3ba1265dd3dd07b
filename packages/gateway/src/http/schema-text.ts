import { createHash } from 'node:crypto';
import { entitySchema, findEntity } from '@formwork/records';
import type { Entity, Registry } from '@formwork/registry';
import { buildGraphqlSchema, printInSteps } from '@formwork/schema-factory';
import { toRequestError } from '../present-errors.ts';
import { requestError } from '../request-error.ts';
import type { Services } from '../services.ts';
import { answerError } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { admit } from './front.ts';

interface Text {
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

/** `/schema.graphql`: the SDL of the caller's tenant as its role sees it, with an ETag of what it says, so tools can poll it for nothing. */
export function serveSchemaText(exchange: Exchange, services: Services): Promise<void> {
  return serveText(exchange, services, async ({ registry }) => {
    const write = () => printInSteps(buildGraphqlSchema(registry));
    const { text, hash } = await services.schemaTexts.sdl(registry.apiShape, write);
    return { type: 'text/plain', text, etag: `"${hash}"` };
  });
}

/** `/schema/<entity>.json`: the JSON Schema of what creates a record, or with `?for=update` of what changes one. */
export function serveEntitySchema(exchange: Exchange, services: Services, key: string): Promise<void> {
  return serveText(exchange, services, async ({ registry }) => {
    const operation = exchange.url.searchParams.get('for') === 'update' ? 'update' : 'create';
    const text = `${JSON.stringify(entitySchema(registry, entityOf(registry, key), operation), null, 2)}\n`;
    return { type: 'application/schema+json', text, etag: hashOf(text) };
  });
}

async function serveText(
  exchange: Exchange,
  services: Services,
  textOf: (state: { readonly registry: Registry }) => Promise<Text>,
): Promise<void> {
  try {
    assertAllowed(exchange, services);
    const visit = await admit(exchange, services);
    await visit.prove();
    const { type, text, etag } = await textOf(await visit.view());
    const headers = { 'content-type': `${type}; charset=utf-8`, etag, 'cache-control': 'private, no-cache' };
    const isCurrent = isKnown(exchange.request.headers['if-none-match'], etag);
    exchange.send(isCurrent ? { status: 304, headers, body: '' } : { status: 200, headers, body: text });
  } catch (error) {
    const refusal = toRequestError(error, exchange.log);
    exchange.account.code = String(refusal.extensions.code);
    exchange.send(answerError(refusal, 'application/json'));
  }
}

function entityOf(registry: Registry, key: string): Entity {
  const entity = findEntity(registry, key);
  if (entity !== undefined) return entity;
  const known = [...registry.entityByKey.keys()].join(', ');
  throw requestError('NOT_FOUND', `There is no entity "${key}". The entities are: ${known}.`, {
    status: 404,
  });
}

function hashOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex')}"`;
}

function assertAllowed({ method }: Exchange, { options }: Services): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw requestError('BAD_REQUEST', `The schema is read with GET, not ${method}.`, {
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  }
  if (!options.introspection) {
    throw requestError('FORBIDDEN', 'Reading the schema is switched off here (FORMWORK_INTROSPECTION).');
  }
}

/** If-None-Match holds a list, and proxies make tags weak. */
function isKnown(header: string | undefined, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
