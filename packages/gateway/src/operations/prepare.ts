import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';
import { canWrite } from '../access/roles.ts';
import { requestError } from '../request-error.ts';
import type { SentDocumentId } from '../trusted/sent-document-id.ts';
import type { Documents } from './documents.ts';
import type { LostDigits } from './lost-digits.ts';
import { refuseLostDigits } from './refuse-lost-digits.ts';

/** What a client sends, however it sends it. */
export interface OperationParams {
  /** Empty where the document is named and not sent. */
  readonly query: string;
  readonly documentId: SentDocumentId | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly operationName: string | null;
  /** Numbers in `variables` that are not what was written; absent or null where there are none. */
  readonly lostDigits?: LostDigits | null;
}

/** An operation that may run, or why it may not. */
export type PreparedOperation =
  | {
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
      readonly refused: null;
      /** Records that it asks for, were all its pages full. */
      readonly cost: number;
    }
  /** With a document where it is the document that is invalid, as `validate` says; else as `parse` says. */
  | {
      readonly document: DocumentNode | null;
      readonly operation: null;
      readonly refused: readonly GraphQLError[];
    };

export interface PrepareOptions {
  readonly schema: GraphQLSchema;
  /** Stands for the schema where documents are remembered. */
  readonly shape: string;
  readonly params: OperationParams;
  readonly method: string;
  readonly role: string;
}

/** All that can be said about an operation before anything of it runs. */
export function prepareOperation(documents: Documents, options: PrepareOptions): PreparedOperation {
  const { schema, shape, params } = options;
  // Said before the document is looked at: to a role without mutations all that belongs to them is unknown.
  if (options.method === 'POST' && mayWriteNothing(options) && isMutation(params))
    return refuse([writesNothing(options.role)]);
  const checked = documents.check(schema, shape, params.query);
  if (checked.errors !== null)
    return { document: checked.document, operation: null, refused: checked.errors };
  const operation = getOperationAST(checked.document, params.operationName);
  if (!operation) return refuse([unknownOperation(checked.document, params)]);
  const error = objection(operation, options) ?? refuseLostDigits(schema, operation, params);
  if (error !== null) return refuse([error]);
  const { document } = checked;
  const cost = documents.costOf({ schema, document, operation, variables: params.variables });
  const tooExpensive = documents.checkCost(cost);
  if (tooExpensive !== null) return refuse([tooExpensive]);
  return { document, operation, refused: null, cost };
}

function refuse(refused: readonly GraphQLError[]): PreparedOperation {
  return { document: null, operation: null, refused };
}

function objection(operation: OperationDefinitionNode, options: PrepareOptions): GraphQLError | null {
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    return requestError('BAD_REQUEST', 'Subscriptions are not offered. Ask again with a query.');
  }
  if (operation.operation !== OperationTypeNode.MUTATION) return null;
  if (options.method !== 'POST') {
    return requestError('BAD_REQUEST', 'A mutation must be sent with POST.', {
      status: 405,
      headers: { allow: 'POST' },
    });
  }
  return mayWriteNothing(options) ? writesNothing(options.role) : null;
}

/** A tenant's editor may write, also where there is nothing yet to be written. */
function mayWriteNothing({ schema, role }: PrepareOptions): boolean {
  return !canWrite(role) && !schema.getMutationType();
}

function isMutation({ query, operationName }: OperationParams): boolean {
  if (!query.includes('mutation')) return false;
  try {
    const operation = getOperationAST(parse(query, { maxTokens: mostTokens }), operationName);
    return operation?.operation === OperationTypeNode.MUTATION;
  } catch {
    return false;
  }
}

/** For a look at what kind of operation it is; the limits proper are those of `Documents`. */
const mostTokens = 5_000;

function writesNothing(role: string): GraphQLError {
  return requestError('FORBIDDEN', `The role "${role}" may read only. Use a key whose role may write.`);
}

function unknownOperation(document: DocumentNode, { operationName }: OperationParams): GraphQLError {
  const names = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? [one.name?.value ?? ''] : [],
  );
  const has = names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
  const message =
    operationName === null
      ? `"operationName" must say which operation to run: the document has ${has}.`
      : `Unknown operation "${operationName}": the document has ${has}.`;
  return requestError('OPERATION_RESOLUTION_FAILURE', message);
}
