import type { TenantVersions } from '@formwork/pg';
import { inSteps } from '@formwork/registry';
import { TenantSchema } from '@formwork/schema-factory';
import { GraphQLError } from 'graphql';
import { toRequestError } from '../present-errors.ts';
import type { TenantState } from '../tenants/tenant-states.ts';
import { noteDocument } from '../trusted/note-document.ts';
import { noteClosingUse, noteUse } from '../usage/note-use.ts';
import type { Visit } from '../visit.ts';
import { explainFormerNames } from './explain-former-names.ts';
import type { TextResult } from './introspection.ts';
import { type OperationParams, type PreparedOperation, prepareOperation } from './prepare.ts';
import { runMutation } from './run-mutation.ts';
import { runQuery } from './run-query.ts';

/** What was found for the version that the visit is at. */
interface Ready {
  readonly params: OperationParams;
  readonly prepared: PreparedOperation;
}

/**
 * One GraphQL operation of a visit. `begin` gets it ready, so that parsing and validating have nothing to wait for;
 * `execute` runs it, a second time where the tenant's registry turns out to have moved.
 */
export class Operation {
  readonly visit: Visit;
  readonly #sent: OperationParams;
  readonly #method: string;
  #ready: Ready;

  private constructor(visit: Visit, sent: OperationParams, method: string, ready: Ready) {
    this.visit = visit;
    this.#sent = sent;
    this.#method = method;
    this.#ready = ready;
  }

  /** At once where there is nothing to be asked for, which is nearly always. */
  static begin(visit: Visit, params: OperationParams, method: string): Operation | Promise<Operation> {
    const ready = prepare(visit, params, method);
    if (ready instanceof Promise)
      return ready.then((found) => new Operation(visit, params, method, found).#proven());
    const operation = new Operation(visit, params, method, ready);
    return ready.prepared.refused === null ? operation : operation.#proven();
  }

  /** A refusal is proven too: the field that is unknown here may be new. */
  async #proven(): Promise<Operation> {
    if (this.prepared.refused !== null && (await this.visit.prove())) await this.prepareAgain();
    return this;
  }

  /** With the text of the document, also where the client sent its id alone. */
  get params(): OperationParams {
    return this.#ready.params;
  }

  get prepared(): PreparedOperation {
    return this.#ready.prepared;
  }

  /** After the visit has caught up with its tenant. */
  async prepareAgain(): Promise<void> {
    this.#ready = await prepare(this.visit, this.#sent, this.#method);
  }

  /** To where the database says that the tenant is. */
  async catchUp(versions: TenantVersions): Promise<void> {
    await this.visit.catchUp(versions);
    await this.prepareAgain();
    await noteClosingUse(this.visit, this.params, this.prepared);
  }

  async execute(): Promise<TextResult> {
    const { operation, refused } = this.prepared;
    if (refused !== null) return { errors: refused };
    const isMutation = operation.operation === 'mutation';
    try {
      const { visit, params, prepared } = this;
      if (visit.caller.closing.length > 0) await noteClosingUse(visit, params, prepared);
      if (visit.caller.tenant.documentMode === 'record') noteDocument(this);
      const running = isMutation ? runMutation(this) : runQuery(this);
      // In the same turn, while the database is at work already: nobody has to wait for it.
      noteUse(visit, params, prepared).catch((error: unknown) =>
        visit.log.error({ err: error }, 'a use was not counted'),
      );
      const result = await running;
      if (result.errors === undefined) return result;
      // Of names in variables, which nobody has looked at before.
      return { ...result, errors: await explainFormerNames(this.visit, result.errors) };
    } catch (error) {
      return { ...(isMutation ? { data: null } : {}), errors: [toRequestError(error, this.visit.log)] };
    }
  }
}

/** At once like `begin`. */
function prepare(visit: Visit, sent: OperationParams, method: string): Ready | Promise<Ready> {
  const view = visit.view();
  return view instanceof Promise
    ? view.then((found) => prepareOn(visit, found, sent, method))
    : prepareOn(visit, view, sent, method);
}

function prepareOn(
  visit: Visit,
  view: TenantState,
  sent: OperationParams,
  method: string,
): Ready | Promise<Ready> {
  const isTrusted = sent.documentId !== null || visit.caller.tenant.documentMode === 'enforce';
  return isTrusted ? prepareTrusted(visit, view, sent, method) : check(visit, view, sent, method);
}

async function prepareTrusted(
  visit: Visit,
  view: TenantState,
  sent: OperationParams,
  method: string,
): Promise<Ready> {
  const { schema, registry } = view;
  let query: string;
  try {
    query = await visit.services.trusted.textOf(visit, sent, { schema, shape: registry.apiShape });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { params: sent, prepared: { document: null, operation: null, refused: [error] } };
  }
  return check(visit, view, { ...sent, query }, method);
}

function check(
  visit: Visit,
  view: TenantState,
  params: OperationParams,
  method: string,
): Ready | Promise<Ready> {
  const mutations = makeMutations(view, params);
  return mutations === null
    ? checkNow(visit, view, params, method)
    : mutations.then(() => checkNow(visit, view, params, method));
}

/** The fields of the first mutation of a large design, so that nobody waits while they are made in one piece; else null. */
function makeMutations({ schema }: TenantState, { query }: OperationParams): Promise<void> | null {
  const steps = schema instanceof TenantSchema ? schema.makeMutations() : null;
  return steps !== null && /\bmutation\b/.test(query) ? inSteps(steps) : null;
}

function checkNow(
  visit: Visit,
  { schema, registry }: TenantState,
  params: OperationParams,
  method: string,
): Ready | Promise<Ready> {
  const { role } = visit.caller;
  const shape = registry.apiShape;
  const prepared = prepareOperation(visit.services.documents, { schema, shape, params, method, role });
  return prepared.refused === null ? { params, prepared } : explain(visit, params, prepared);
}

async function explain(
  visit: Visit,
  params: OperationParams,
  prepared: Extract<PreparedOperation, { readonly operation: null }>,
): Promise<Ready> {
  return { params, prepared: { ...prepared, refused: await explainFormerNames(visit, prepared.refused) } };
}
