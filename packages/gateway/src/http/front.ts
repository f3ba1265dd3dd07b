import type { Caller } from '@formwork/directory';
import type { GraphQLError } from 'graphql';
import { readClient } from '../access/read-client.ts';
import { readKey } from '../access/read-key.ts';
import { unauthenticated } from '../access/unauthenticated.ts';
import type { OperationParams } from '../operations/prepare.ts';
import { toRequestError } from '../present-errors.ts';
import { requestError } from '../request-error.ts';
import type { Services } from '../services.ts';
import { Visit } from '../visit.ts';
import { type MediaType, negotiate } from './accept.ts';
import { answerError } from './answer.ts';
import { answerBatch } from './batch.ts';
import { readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { Lane, Runnable } from './lane.ts';
import { parseBodyParams, parseUrlParams } from './params.ts';

/** A GraphQL endpoint: its lanes, and how an operation of its schema is begun. */
export interface GraphqlEndpoint {
  readonly fastLane: Lane | null;
  readonly yogaLane: Lane;
  readonly begin: (visit: Visit, params: OperationParams, method: string) => Runnable | Promise<Runnable>;
}

/** Clients send this one; other ways of writing it go through yoga. */
const exactJson = new Set(['application/json', 'application/json; charset=utf-8']);

/** Nothing that a form or a script can send across origins without asking first: that keeps strangers' pages out. */
const acceptedJson = /^application\/(?:json|graphql\+json)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * What stands before both lanes: what may be asked and how, who asks, how much, and what the status of each refusal
 * is. A lane gets well-formed parameters of a known caller, so that the two can differ in speed alone.
 */
export async function serveGraphql(
  exchange: Exchange,
  services: Services,
  endpoint: GraphqlEndpoint,
): Promise<void> {
  let media: MediaType = 'application/json';
  try {
    media = negotiateMedia(exchange);
    assertMethod(exchange);
    const admitted = admit(exchange, services);
    const visit = admitted instanceof Visit ? admitted : await admitted;
    const params =
      exchange.method === 'GET'
        ? parseUrlParams(exchange.url.searchParams)
        : parseBodyParams(await readJson(exchange, services), services.options.batching);
    const isPlain =
      exchange.method === 'POST' && exactJson.has(exchange.request.headers['content-type'] ?? '');
    const lane = isPlain && endpoint.fastLane ? endpoint.fastLane : endpoint.yogaLane;
    if ('operations' in params) {
      exchange.account.type = 'batch';
      const ways = {
        admit: () => admit(exchange, services),
        begin: (own: Visit, one: OperationParams) => endpoint.begin(own, one, exchange.method),
        watch: (operation: Runnable) => tellingCode(exchange, operation),
        lane,
      };
      return exchange.send(await answerBatch(params, services, visit, ways));
    }
    const begun = endpoint.begin(visit, params, exchange.method);
    const operation = begun instanceof Promise ? await begun : begun;
    describe(exchange, operation, visit.caller);
    exchange.send(
      await lane({ operation: tellingCode(exchange, operation), params, method: exchange.method, media }),
    );
  } catch (error) {
    const refusal = toRequestError(error, exchange.log);
    exchange.account.code = String(refusal.extensions.code);
    exchange.send(answerError(refusal, media));
  }
}

/**
 * Nothing to wait for where the key is known.
 *
 * @throws UNAUTHENTICATED, the same for every key that is no good; OVERLOADED for a tenant that asks too often
 */
export function admit(exchange: Exchange, services: Services): Visit | Promise<Visit> {
  const key = readKey(exchange.request.headers);
  if (key === null) throw unauthenticated();
  const caller = services.callers.find(key);
  const letIn = (known: Caller | null) => startVisit(exchange, services, key, known);
  return caller instanceof Promise ? caller.then(letIn) : letIn(caller);
}

function startVisit(exchange: Exchange, services: Services, key: string, caller: Caller | null): Visit {
  if (caller === null) throw unauthenticated();
  exchange.account.tenant = caller.tenant.slug;
  services.rates.take(caller.tenant.id);
  const client = readClient(exchange.request.headers);
  return new Visit({ services, key, caller, client, exchange });
}

function negotiateMedia({ request }: Exchange): MediaType {
  const media = negotiate(request.headers.accept);
  if (media !== null) return media;
  throw requestError(
    'BAD_REQUEST',
    'Answers come as application/json or application/graphql-response+json. Accept one of them.',
    { status: 406 },
  );
}

function assertMethod({ method }: Exchange): void {
  if (method === 'GET' || method === 'POST') return;
  throw requestError('BAD_REQUEST', `GraphQL takes GET and POST, not ${method}.`, {
    status: 405,
    headers: { allow: 'GET, POST' },
  });
}

function readJson({ request }: Exchange, { options }: Services): Promise<string> {
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !(exactJson.has(contentType) || acceptedJson.test(contentType))) {
    throw unsupported(contentType);
  }
  return readBody(request, options.maxBody);
}

function unsupported(contentType: string | undefined): GraphQLError {
  const given =
    contentType === undefined ? 'There is no content-type.' : 'The content-type is not one that is read.';
  return requestError('BAD_REQUEST', `${given} Send "application/json", in UTF-8.`, { status: 415 });
}

function describe({ account }: Exchange, { prepared }: Runnable, caller: Caller): void {
  account.tenant = caller.tenant.slug;
  if (prepared.operation === null) return;
  account.type = prepared.operation.operation;
  if (prepared.operation.name) account.operation = prepared.operation.name.value.slice(0, 100);
}

/** The code of what goes wrong belongs in the log, and only the operation sees it on both lanes. */
function tellingCode({ account }: Exchange, operation: Runnable): Runnable {
  const note = (errors: readonly GraphQLError[] | null | undefined): void => {
    if (errors?.[0]) account.code = String(errors[0].extensions.code);
  };
  note(operation.prepared.refused);
  return {
    prepared: operation.prepared,
    execute: () =>
      operation.execute().then((result) => {
        note(result.errors);
        return result;
      }),
  };
}
