import { printTenantSchema } from '@formwork/schema-factory';
import { toRequestError } from '../present-errors.ts';
import { requestError } from '../request-error.ts';
import type { Services } from '../services.ts';
import { answerError } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { admit } from './front.ts';

/** `/schema.graphql`: the SDL of the caller's tenant. Its ETag is the API shape, so tools can poll it for nothing. */
export async function serveSchemaText(exchange: Exchange, services: Services): Promise<void> {
  try {
    assertAllowed(exchange, services);
    const visit = await admit(exchange, services);
    await visit.prove();
    const { registry, schema } = await visit.state();
    const etag = `"${registry.apiShape}"`;
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      etag,
      'cache-control': 'private, no-cache',
    };
    const isCurrent = isKnown(exchange.request.headers['if-none-match'], etag);
    exchange.send(
      isCurrent
        ? { status: 304, headers, body: '' }
        : { status: 200, headers, body: printTenantSchema(schema) },
    );
  } catch (error) {
    const refusal = toRequestError(error, exchange.log);
    exchange.account.code = String(refusal.extensions.code);
    exchange.send(answerError(refusal, 'application/json'));
  }
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
