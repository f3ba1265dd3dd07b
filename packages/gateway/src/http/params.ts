import { GraphQLError } from 'graphql';
import { findLostDigits, type LostDigits } from '../operations/lost-digits.ts';
import type { OperationParams } from '../operations/prepare.ts';
import { limitError, requestError } from '../request-error.ts';
import { readDocumentId } from '../trusted/sent-document-id.ts';
import type { Batch } from './batch.ts';

/**
 * More than any input can use: records inside records, and a JSON value in the innermost. What walks through variables
 * does so by calling itself, and a million levels would be the end of its stack.
 */
const deepestVariables = 300;

/** The parameters of a POST; `batching`: operations that a list of them may have. */
export function parseBodyParams(body: string, batching: number): OperationParams | Batch {
  if (body === '') throw bad('The body is empty. Send a JSON object with "query".');
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw bad('The body is not JSON.');
  }
  const lostDigits = findLostDigits(body);
  if (Array.isArray(value)) return { operations: checkBatch(value, batching, lostDigits) };
  if (!isObject(value)) throw bad(`The body is ${nameOf(value)}. Send a JSON object with "query".`);
  return checkParams(value, lostDigits);
}

function checkBatch(
  list: readonly unknown[],
  batching: number,
  lostDigits: LostDigits | null,
): readonly OperationParams[] {
  if (batching === 0) {
    throw bad(
      'The body is a list: batches are not offered here (FORMWORK_BATCHING). Send one operation for each request.',
    );
  }
  if (list.length === 0) throw bad('The body is an empty list. Send one operation at least.');
  if (list.length > batching) {
    throw limitError('Operations of the batch', list.length, batching, 'FORMWORK_BATCHING', { status: 400 });
  }
  return list.map((one, index) => {
    if (!isObject(one)) throw bad(`[${index}] is ${nameOf(one)}. Send a list of JSON objects with "query".`);
    try {
      return checkParams(one, lostDigits);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      throw new GraphQLError(`[${index}]: ${error.message}`, { extensions: error.extensions });
    }
  });
}

/** The parameters of a GET: `variables` and `extensions` are JSON. */
export function parseUrlParams(search: URLSearchParams): OperationParams {
  const json = (name: string): unknown => {
    const text = search.get(name);
    if (text === null || text === '') return null;
    try {
      return JSON.parse(text);
    } catch {
      throw bad(`"${name}" in the URL is not JSON.`);
    }
  };
  const params = {
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId'),
    doc_id: search.get('doc_id'),
    operationName: search.get('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
  return checkParams(params, findLostDigits(search.get('variables') ?? ''));
}

/** What is not known is passed over, as GraphQL over HTTP asks of a server. */
function checkParams(
  params: Readonly<Record<string, unknown>>,
  lostDigits: LostDigits | null,
): OperationParams {
  const { query, operationName, variables, extensions } = params;
  if (!isAbsent(query) && typeof query !== 'string')
    throw bad(`"query" is ${nameOf(query)}. It must be a string.`);
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw bad(`"operationName" is ${nameOf(operationName)}. It must be a string.`);
  }
  if (!isAbsent(variables) && !isObject(variables)) {
    throw bad(`"variables" is ${nameOf(variables)}. It must be an object.`);
  }
  if (!isAbsent(extensions) && !isObject(extensions)) {
    throw bad(`"extensions" is ${nameOf(extensions)}. It must be an object.`);
  }
  const documentId = readDocumentId(params);
  if (isAbsent(query) && documentId === null) throw bad('"query" is missing.');
  if (isDeeper(variables, deepestVariables)) {
    const message = `"variables" is nested more than ${deepestVariables} levels deep. Send it flatter.`;
    throw requestError('LIMIT_EXCEEDED', message, {
      status: 400,
      details: { limit: deepestVariables, maximum: deepestVariables },
    });
  }
  // Some clients send an empty name for none.
  return {
    query: query ?? '',
    documentId,
    operationName: operationName || null,
    variables: isObject(variables) ? variables : null,
    lostDigits,
  };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  // As it was parsed it inherits nothing that would be listed.
  for (const name in value) {
    const part = (value as Readonly<Record<string, unknown>>)[name];
    if (isDeeper(part, levels - 1)) return true;
  }
  return false;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function bad(message: string) {
  return requestError('BAD_REQUEST', message);
}
