import { type Problem, RegistryError } from '@formwork/registry';
import type { LeftBehind, RegistrySnapshot } from '@formwork/registry-store';
import { builder } from './builder.ts';
import { LeftBehindType } from './change.ts';
import type { DesignContext } from './context.ts';
import { withKnownErrors } from './known-errors.ts';
import { ProblemType } from './problem.ts';
import { RegistryType, type RegistryWithLimits } from './registry.ts';

interface ApplyPayload {
  readonly snapshot: RegistrySnapshot;
  readonly changed: boolean;
  readonly problems: readonly Problem[];
  readonly leftBehind: readonly LeftBehind[];
}

const ApplyPayloadType = builder.objectRef<ApplyPayload>('ApplyRegistryPayload').implement({
  description: 'What became of a document.',
  fields: (t) => ({
    version: t.int({
      description: 'Of the registry as it is now, applied or not.',
      resolve: ({ snapshot }) => snapshot.version,
    }),
    changed: t.exposeBoolean('changed', {
      description: 'False when there were problems, and when the registry was like that already.',
    }),
    problems: t.expose('problems', {
      type: [ProblemType],
      description: 'None: the document is the registry now.',
    }),
    leftBehind: t.expose('leftBehind', { type: [LeftBehindType] }),
    registry: t.field({
      type: RegistryType,
      resolve: ({ snapshot }, _args, { store }): RegistryWithLimits => ({
        ...snapshot,
        limits: store.limits,
      }),
    }),
  }),
});

builder.mutationType({
  description: 'Changes of the registry of the tenant that the key belongs to.',
  fields: (t) => ({
    applyRegistry: t.field({
      type: ApplyPayloadType,
      description:
        'Makes the document the registry, all of it or, while anything is wrong with it, nothing. Entities and fields ' +
        'that the document leaves out are removed; their data is kept out of sight.',
      args: {
        document: t.arg({
          type: 'JSON',
          required: true,
          description: 'Like `registry.document`; `registryDocumentSchema` says what may stand in it.',
        }),
        expectedVersion: t.arg.int({
          description:
            'The version that the change was made for. Another one by now is an error: `SCHEMA_CHANGED`.',
        }),
      },
      resolve: (_root, { document, expectedVersion }, context) =>
        withKnownErrors(apply(context, document, expectedVersion ?? undefined)),
    }),
  }),
});

async function apply(
  { store, tenantId, actor }: DesignContext,
  document: unknown,
  expectedVersion: number | undefined,
): Promise<ApplyPayload> {
  try {
    const { version, registry, changed, leftBehind } = await store.apply(
      tenantId,
      { document },
      {
        appliedBy: actor,
        expectedVersion,
      },
    );
    return { snapshot: { version, registry }, changed, problems: [], leftBehind };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { snapshot: await store.load(tenantId), changed: false, problems: error.problems, leftBehind: [] };
  }
}
