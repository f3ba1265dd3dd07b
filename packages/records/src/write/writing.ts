import type { Statement } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import type { Awaitable, Values, WriteKind } from '../contract.ts';
import { updateStatement } from './apply-update.ts';
import { assertNotTooMany, type PlacedInput, planAll } from './create.ts';
import { deleteStatement } from './delete.ts';
import { canonicalId } from './find-record.ts';
import { insertStatements } from './insert-plans.ts';
import { insertStatement, type NewRecord } from './insert-records.ts';
import type { LoneWrite } from './lone-write.ts';
import { manyLinksStatements } from './many-links.ts';
import { dataText, manyLinksChanges } from './plan-data.ts';
import { ResolvedLinks } from './resolved-links.ts';
import { planChange } from './update.ts';
import type { WriteContext } from './write-context.ts';
import { type WritePlan, withCreated } from './write-plan.ts';

/** What a root field of a mutation does, where all of it is known beforehand. */
export interface Writing {
  readonly writes: readonly Statement[];
  readonly ids: readonly string[];
  /** A record may turn out not to be there. */
  readonly mayMiss: boolean;
  readonly lone?: WithoutReadBack<LoneWrite>;
}

/** Of each kind. */
type WithoutReadBack<Write> = Write extends LoneWrite ? Omit<Write, 'readBack'> : never;

type Context = Pick<WriteContext, 'registry' | 'permissions' | 'actor' | 'limits'>;

/** Null where it takes more than one step; throws where it is refused. At once but for a long list. */
export function writingOf(
  context: Context,
  entity: Entity,
  kind: WriteKind,
  args: Values,
): Awaitable<Writing | null> {
  switch (kind) {
    case 'create':
      return creation(context, entity, [{ path: ['input'], input: (args['input'] ?? {}) as Values }]);
    case 'createMany':
      return creation(
        context,
        entity,
        (args['inputs'] as readonly Values[]).map((input, index) => ({ path: ['inputs', index], input })),
      );
    case 'update':
      return change(context, entity, args);
    case 'delete':
      return deletion(context, entity, args);
  }
}

function creation(
  context: Context,
  entity: Entity,
  inputs: readonly PlacedInput[],
): Awaitable<Writing | null> {
  assertNotTooMany(inputs.length, context);
  if (inputs.length === 0) return null;
  const plans = planAll(context, entity, inputs);
  return plans instanceof Promise
    ? plans.then((made) => plannedCreation(context, made))
    : plannedCreation(context, plans);
}

function plannedCreation(context: Context, plans: readonly WritePlan[]): Writing | null {
  const all = withCreated(plans);
  assertNotTooMany(all.length, context);
  const links = knownLinks(context, all);
  if (links === null || !mayAllBeMade(context, all)) return null;
  const [only] = all;
  if (only !== undefined && all.length === 1 && only.manyLinks.length === 0)
    return loneCreation(context, only, links);
  return {
    writes: [
      ...insertStatements(context, all, links, 'fail'),
      ...manyLinksStatements(all.flatMap((plan) => manyLinksChanges(plan, links))),
    ],
    ids: plans.map(({ id }) => id),
    mayMiss: false,
  };
}

function mayAllBeMade({ permissions }: Context, plans: readonly WritePlan[]): boolean {
  if (permissions.isWhole) return true;
  const entities = new Set(plans.map(({ entity }) => entity));
  return [...entities].every((entity) => permissions.allowed('create', entity) === null);
}

function loneCreation({ actor }: Context, plan: WritePlan, links: ResolvedLinks): Writing {
  const { entity, id, copies } = plan;
  const record: NewRecord = { id, data: dataText(plan, links), copies };
  const insert = insertStatement(entity, [record], actor, 'fail');
  return { writes: [insert], ids: [id], mayMiss: false, lone: { kind: 'create', entity, actor, id, record } };
}

/** Of the record alone: what it would create, or link to, cannot be taken back where the record is not there. */
function change(context: Context, entity: Entity, args: Values): Writing | null {
  const id = canonicalId(entity, String(args['id']));
  const plan = planChange(context, entity, id, args['input'] as Values);
  const links = knownLinks(context, [plan]);
  const isAlone = plan.manyLinks.length === 0 && withCreated([plan]).length === 1;
  if (links === null || !isAlone || context.permissions.allowed('update', entity) !== null) return null;
  const { actor } = context;
  const { removed } = plan;
  const patch = dataText(plan, links);
  const ifVersion = versionOf(args);
  return {
    writes: [updateStatement(context, plan, [id], patch, ifVersion)],
    ids: [id],
    mayMiss: true,
    lone: { kind: 'update', entity, actor, id, removed, patch, ifVersion },
  };
}

function deletion(context: Context, entity: Entity, args: Values): Writing | null {
  context.permissions.assertMay('delete', entity);
  const id = canonicalId(entity, String(args['id']));
  if (context.permissions.allowed('delete', entity) !== null) return null;
  return { writes: [deleteStatement(context, entity, [id], versionOf(args))], ids: [id], mayMiss: true };
}

function versionOf({ ifVersion }: Values): number | null {
  return (ifVersion ?? null) as number | null;
}

/** The links of plans, where they need not be looked up; null where one is named by key, or may not be seen. */
function knownLinks({ permissions }: Context, plans: readonly WritePlan[]): ResolvedLinks | null {
  const links = new ResolvedLinks(plans);
  const areSeen =
    permissions.isWhole || [...links.targets].every((target) => permissions.visible(target) === null);
  return links.areKnown && areSeen ? links : null;
}
