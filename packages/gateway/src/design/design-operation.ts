import { type DesignContext, designSchema } from '@formwork/design-api';
import type { ControlPlane } from '@formwork/pg';
import type { Registry } from '@formwork/registry';
import { createRegistryStore } from '@formwork/registry-store';
import { buildGraphqlSchema, printInSteps } from '@formwork/schema-factory';
import { execute, type GraphQLSchema } from 'graphql';
import { canDesign } from '../access/roles.ts';
import type { GatewayOptions } from '../config.ts';
import type { Runnable } from '../http/lane.ts';
import type { TextResult } from '../operations/introspection.ts';
import { type OperationParams, type PreparedOperation, prepareOperation } from '../operations/prepare.ts';
import { presentResult } from '../operations/present-result.ts';
import { toRequestError } from '../present-errors.ts';
import { requestError } from '../request-error.ts';
import type { Visit } from '../visit.ts';
import { documentStoreOf } from './document-store.ts';

export interface Design {
  readonly schema: GraphQLSchema;
  /** What its resolvers find in the context. */
  readonly contextOf: (visit: Visit) => DesignContext;
}

/** The fixed schema of `/design`, over the registries that the control plane reaches. */
export function createDesign(control: ControlPlane, options: GatewayOptions): Design {
  const store = createRegistryStore(control, {
    usageWindow: options.usageWindowDays,
    fillLimit: options.fillLimit,
  });
  const api = {
    *build(registry: Registry) {
      const schema = buildGraphqlSchema(registry);
      yield* schema.makeAll();
      return schema;
    },
    sdl: (registry: Registry) => printInSteps(buildGraphqlSchema(registry)),
  };
  return {
    schema: designSchema,
    contextOf: ({ caller }) => {
      const { id: tenantId } = caller.tenant;
      let usage: ReturnType<typeof store.usage> | null = null;
      return {
        ...{ store, api, tenantId, actor: caller.subject },
        documents: documentStoreOf(control, caller, options),
        usage: () => {
          usage ??= store.usage(tenantId);
          return usage;
        },
      };
    },
  };
}

/**
 * One operation on the registry itself. Its schema is fixed and the same for all tenants, so there is no version to
 * prove but the key's: before anything runs, because what it changes is not undone by a look afterwards.
 */
export class DesignOperation implements Runnable {
  readonly prepared: PreparedOperation;
  readonly #design: Design;
  readonly #visit: Visit;
  readonly #params: OperationParams;

  private constructor(design: Design, visit: Visit, params: OperationParams, method: string) {
    this.#design = design;
    this.#visit = visit;
    this.#params = params;
    const { role } = visit.caller;
    const { schema } = design;
    this.prepared = prepareOperation(visit.services.documents, {
      schema,
      shape: 'design',
      params,
      method,
      role,
    });
  }

  /** @throws FORBIDDEN for a role that may not design */
  static async begin(
    design: Design,
    visit: Visit,
    params: OperationParams,
    method: string,
  ): Promise<DesignOperation> {
    await visit.proveAccess();
    const { role } = visit.caller;
    if (!canDesign(role)) {
      throw requestError(
        'FORBIDDEN',
        `The role "${role}" may not design. Use a key of a designer or an admin.`,
      );
    }
    if (params.query === '' && params.documentId !== null) {
      throw requestError('BAD_REQUEST', 'Documents are sent as text to /design: none is kept for it.');
    }
    return new DesignOperation(design, visit, params, method);
  }

  async execute(): Promise<TextResult> {
    const { document, refused } = this.prepared;
    if (refused !== null) return { errors: refused };
    try {
      const result = await execute({
        schema: this.#design.schema,
        document,
        contextValue: this.#design.contextOf(this.#visit),
        variableValues: this.#params.variables,
        operationName: this.#params.operationName,
      });
      return presentResult(result, this.#visit.log);
    } catch (error) {
      return { errors: [toRequestError(error, this.#visit.log)] };
    }
  }
}
