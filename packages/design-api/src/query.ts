import { registryDocumentSchema } from '@formwork/registry';
import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { RegistryCheckType } from './change.ts';
import { ChangeInput } from './changes/change-input.ts';
import { changesOf } from './changes/changes-of.ts';
import { withKnownErrors } from './known-errors.ts';
import { type Preview, PreviewType } from './preview.ts';
import { RegistryType } from './registry.ts';
import { RegistryVersionType } from './registry-version.ts';
import { selects } from './selects.ts';
import { daysOf, unusedForDays } from './unused-for-days.ts';

const mostVersions = 100;

builder.queryType({
  description: 'The registry of the tenant that the key belongs to.',
  fields: (t) => ({
    registry: t.field({
      type: RegistryType,
      description: 'The registry as it is: `{ registry { version entities { key fields { key type } } } }`.',
      resolve: async (_root, _args, { store, tenantId }) => ({
        ...(await withKnownErrors(store.load(tenantId))),
        limits: store.limits,
      }),
    }),
    history: t.field({
      type: [RegistryVersionType],
      description: 'Versions that were applied, the latest first.',
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 20,
          description: `How many, at most ${mostVersions}.`,
        }),
      },
      resolve: (_root, { first }, { store, tenantId }, info) => {
        assertPage(first);
        return store.history(tenantId, { first, documents: selects(info, 'document') });
      },
    }),
    preview: t.field({
      type: PreviewType,
      description: 'What `apply` would do with the changes. Nothing is changed.',
      args: {
        changes: t.arg({ type: [ChangeInput], required: true }),
        unusedForDays: t.arg.int({ description: unusedForDays }),
      },
      resolve: async (_root, args, { store, tenantId }): Promise<Preview> => {
        const changes = changesOf(args.changes);
        const usageWindow = daysOf(args.unusedForDays);
        return {
          checked: await withKnownErrors(store.check(tenantId, { changes }, { usageWindow })),
          changes,
          usageWindow,
        };
      },
    }),
    previewRevert: t.field({
      type: PreviewType,
      description: 'What `revert` would do. Nothing is changed.',
      args: {
        version: t.arg.int({ required: true }),
        unusedForDays: t.arg.int({ description: unusedForDays }),
      },
      resolve: async (_root, { version, unusedForDays: days }, { store, tenantId }): Promise<Preview> => {
        const usageWindow = daysOf(days);
        const checked = await withKnownErrors(store.check(tenantId, { revert: version }, { usageWindow }));
        return { checked, changes: [], usageWindow };
      },
    }),
    previewRegistry: t.field({
      type: PreviewType,
      description: 'What `applyRegistry` would do with a whole document, in full. Nothing is changed.',
      args: {
        document: t.arg({ type: 'JSON', required: true }),
        unusedForDays: t.arg.int({ description: unusedForDays }),
        force: t.arg.boolean({
          defaultValue: false,
          description:
            'As `applyRegistry` has it: what was used lately is no problem; `usedBy` names it all the same.',
        }),
      },
      resolve: async (_root, { document, ...how }, { store, tenantId }): Promise<Preview> => {
        const usageWindow = daysOf(how.unusedForDays);
        const force = how.force ?? false;
        const checked = await withKnownErrors(store.check(tenantId, { document }, { usageWindow, force }));
        return { checked, changes: [], usageWindow };
      },
    }),
    checkRegistry: t.field({
      type: RegistryCheckType,
      description:
        'What `applyRegistry` would do with the document, or what is wrong with it. Nothing is changed.',
      args: { document: t.arg({ type: 'JSON', required: true }) },
      resolve: (_root, { document }, { store, tenantId }) =>
        withKnownErrors(store.check(tenantId, { document })),
    }),
    registryDocumentSchema: t.field({
      type: 'JSON',
      description:
        'The JSON Schema (2020-12) of a document, for editors that complete and check while one writes.',
      resolve: () => registryDocumentSchema,
    }),
  }),
});

function assertPage(first: number): void {
  if (first < 0) {
    throw new GraphQLError(`"first" is ${first}; it must be 0 or more.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
  if (first > mostVersions) {
    throw new GraphQLError(`"first" is ${first}; at most ${mostVersions} are given at once.`, {
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  }
}
