import { type Problem, RegistryError } from '@formwork/registry';
import type { ChangeRequest, LeftBehind, RegistrySnapshot } from '@formwork/registry-store';
import { builder } from './builder.ts';
import { LeftBehindType } from './change.ts';
import { ChangeInput } from './changes/change-input.ts';
import { changesOf } from './changes/changes-of.ts';
import type { DesignContext } from './context.ts';
import { withKnownErrors } from './known-errors.ts';
import { ProblemType } from './problem.ts';
import { RegistryType, type RegistryWithLimits } from './registry.ts';
import { daysOf, unusedForDays } from './unused-for-days.ts';

interface ApplyPayload {
  readonly snapshot: RegistrySnapshot;
  readonly changed: boolean;
  readonly problems: readonly Problem[];
  readonly leftBehind: readonly LeftBehind[];
}

const ApplyPayloadType = builder.objectRef<ApplyPayload>('ApplyRegistryPayload').implement({
  description: 'What became of a change.',
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
      description: 'None: it was applied.',
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

const expectedVersion =
  'The version that the change was made for. Another one by now is an error: `SCHEMA_CHANGED`.';

const force = 'What goes may have been used lately: its clients break at once. No gateway is asked.';

builder.mutationType({
  description: 'Changes of the registry of the tenant that the key belongs to.',
  fields: (t) => ({
    apply: t.field({
      type: ApplyPayloadType,
      description:
        'Does all of the changes or, while anything is wrong with one of them, none. ' +
        '`apply(changes: [{ indexField: { entity: "flight", field: "number" } }], expectedVersion: 3) { version problems { path message } }`',
      args: {
        changes: t.arg({ type: [ChangeInput], required: true }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
        unusedForDays: t.arg.int({ description: unusedForDays }),
      },
      resolve: (_root, { changes, ...how }, context) =>
        withKnownErrors(apply(context, { changes: changesOf(changes) }, how)),
    }),
    revert: t.field({
      type: ApplyPayloadType,
      description:
        'Undoes a version, and those that came after it: the registry is again what it was before. Names that came since ' +
        'stay as deprecated aliases. Refused where an old name was given up since (`dropAlias`), and where links to many or ' +
        'a counter would have to come back. `previewRevert` says what it would do.',
      args: {
        version: t.arg.int({ required: true, description: 'The one to undo, as `history` has it.' }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
      },
      resolve: (_root, { version, ...how }, context) =>
        withKnownErrors(apply(context, { revert: version }, how)),
    }),
    applyRegistry: t.field({
      type: ApplyPayloadType,
      description:
        'Makes the document the registry, all of it or, while anything is wrong with it, nothing. Entities and fields ' +
        'that the document leaves out are removed; their data is kept out of sight. What was deprecated, and old names, go when ' +
        'no client has used them lately.',
      args: {
        document: t.arg({
          type: 'JSON',
          required: true,
          description: 'Like `registry.document`; `registryDocumentSchema` says what may stand in it.',
        }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
        unusedForDays: t.arg.int({ description: unusedForDays }),
        force: t.arg.boolean({ defaultValue: false, description: force }),
      },
      resolve: (_root, { document, ...how }, context) => withKnownErrors(apply(context, { document }, how)),
    }),
  }),
});

/** Arguments as they are given. */
interface HowToApply {
  readonly expectedVersion?: number | null | undefined;
  readonly unusedForDays?: number | null | undefined;
  readonly force?: boolean | null | undefined;
}

async function apply(
  { store, tenantId, actor }: DesignContext,
  request: ChangeRequest,
  how: HowToApply,
): Promise<ApplyPayload> {
  const usageWindow = daysOf(how.unusedForDays);
  try {
    const { version, registry, changed, leftBehind } = await store.apply(tenantId, request, {
      appliedBy: actor,
      expectedVersion: how.expectedVersion ?? undefined,
      usageWindow,
      force: how.force ?? false,
    });
    return { snapshot: { version, registry }, changed, problems: [], leftBehind };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { snapshot: await store.load(tenantId), changed: false, problems: error.problems, leftBehind: [] };
  }
}
