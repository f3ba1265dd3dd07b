import { toRequestError } from '../present-errors.ts';
import { noteUse } from '../usage/note-use.ts';
import type { Visit } from '../visit.ts';
import type { TextResult } from './introspection.ts';
import { type OperationParams, type PreparedOperation, prepareOperation } from './prepare.ts';
import { runMutation } from './run-mutation.ts';
import { runQuery } from './run-query.ts';

/**
 * One GraphQL operation of a visit. `begin` gets it ready, so that parsing and validating have nothing to wait for;
 * `execute` runs it, a second time where the tenant's registry turns out to have moved.
 */
export class Operation {
  readonly visit: Visit;
  readonly params: OperationParams;
  readonly #method: string;
  #prepared: PreparedOperation;

  private constructor(visit: Visit, params: OperationParams, method: string, prepared: PreparedOperation) {
    this.visit = visit;
    this.params = params;
    this.#method = method;
    this.#prepared = prepared;
  }

  /** A refusal is proven too: the field that is unknown here may be new. */
  static async begin(visit: Visit, params: OperationParams, method: string): Promise<Operation> {
    const operation = new Operation(visit, params, method, await prepare(visit, params, method));
    if (operation.#prepared.refused !== null && (await visit.prove())) await operation.prepareAgain();
    return operation;
  }

  get prepared(): PreparedOperation {
    return this.#prepared;
  }

  /** After the visit has caught up with its tenant. */
  async prepareAgain(): Promise<void> {
    this.#prepared = await prepare(this.visit, this.params, this.#method);
  }

  async execute(): Promise<TextResult> {
    const { operation, refused } = this.#prepared;
    if (refused !== null) return { errors: refused };
    const isMutation = operation.operation === 'mutation';
    try {
      await noteUse(this.visit, this.params, this.#prepared);
      return await (isMutation ? runMutation(this) : runQuery(this));
    } catch (error) {
      return { ...(isMutation ? { data: null } : {}), errors: [toRequestError(error, this.visit.log)] };
    }
  }
}

async function prepare(visit: Visit, params: OperationParams, method: string): Promise<PreparedOperation> {
  const { schema, registry } = await visit.view();
  const { role } = visit.caller;
  return prepareOperation(visit.services.documents, {
    schema,
    shape: registry.apiShape,
    params,
    method,
    role,
  });
}
