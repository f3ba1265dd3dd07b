import type { Row, Statement } from '@formwork/pg';
import type { Entity } from '@formwork/registry';
import { bindRegistry } from '../access/bind-registry.ts';
import { Permissions } from '../access/permissions.ts';
import type { Awaitable, QuestionForm, Values, WriteKind } from '../contract.ts';
import type { PreparedRead, Reader, ReadPlans } from '../plan/read-plans.ts';
import { defaultReadLimits, type ReadLimits } from '../read/limits.ts';
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

/** One root field of a mutation: what it writes, and how that is read back. */
export interface WriteQuestion {
  readonly kind: WriteKind;
  readonly typeName: string;
  readonly args: Values;
  /** Null where nothing is shown but ids. */
  readonly readBack: QuestionForm | null;
  /** How a record is shown then. */
  readonly byId: (id: string) => string;
}

/** A write that is ready to be sent, with all that belongs to it, in one message. */
export interface PreparedWrite {
  readonly statements: readonly Statement[];
  /** Of the records that it writes. */
  readonly ids: readonly string[];
  /** False where there was no such record, so that nothing was done. */
  readonly isDone: (results: Results) => boolean;
  /** What was written as text: a record, a list of them, or the id. */
  readonly write: (results: Results) => string;
  /** Null for what goes by itself. */
  readonly lone: LoneWrite | null;
}

type Results = readonly (readonly Row[])[];

interface Writing {
  readonly writes: readonly Statement[];
  readonly ids: readonly string[];
  /** A record may turn out not to be there. */
  readonly mayMiss: boolean;
  readonly lone?: WithoutReadBack<LoneWrite>;
}

/** Of each kind. */
type WithoutReadBack<Write> = Write extends LoneWrite ? Omit<Write, 'readBack'> : never;

type Context = Pick<WriteContext, 'registry' | 'permissions' | 'actor' | 'limits'>;

/**
 * Writes of which all statements are known beforehand: where nothing has to be looked up first, and nothing looked at
 * before the commit. Links by id and unique keys are left to the database, which refuses what the checks would have
 * refused; whoever is refused goes the way step by step, which knows what to say. A caller whose role has rules about rows
 * always goes that way.
 */
export class WritePlans {
  readonly #reads: ReadPlans;
  readonly #limits: ReadLimits;

  constructor(reads: ReadPlans, limits: Partial<ReadLimits> = {}) {
    this.#reads = reads;
    this.#limits = { ...defaultReadLimits, ...limits };
  }

  /** Null where it takes more than one step, or is refused. At once but for a long list. */
  prepare(writer: Reader, question: WriteQuestion): Awaitable<PreparedWrite | null> {
    try {
      const writing = this.#writingOf(writer, question);
      return writing instanceof Promise
        ? writing.then((made) => this.#prepared(writer, question, made)).catch(stepByStep)
        : this.#prepared(writer, question, writing);
    } catch {
      return stepByStep();
    }
  }

  #writingOf(writer: Reader, question: WriteQuestion): Awaitable<Writing | null> {
    const claims = { ...writer.claims, actor: writer.actor };
    const bound = bindRegistry(writer.registry, claims);
    const registry = bound.whole ?? bound;
    const permissions = new Permissions(bound, claims);
    const entity = registry.entityByTypeName.get(question.typeName);
    if (entity === undefined) return null;
    return writingOf({ registry, permissions, actor: writer.actor, limits: this.#limits }, entity, question);
  }

  #prepared(writer: Reader, question: WriteQuestion, writing: Writing | null): PreparedWrite | null {
    if (writing === null) return null;
    const read = question.readBack && this.#readBack(writer, question, writing.ids);
    return read === null && question.readBack !== null ? null : prepared(question, writing, read);
  }

  #readBack(writer: Reader, { kind, readBack }: WriteQuestion, ids: readonly string[]): PreparedRead | null {
    return (
      readBack && this.#reads.prepare(writer, readBack, [kind === 'createMany' ? { ids } : { id: ids[0] }])
    );
  }
}

/** Whatever is wrong, it is told there. */
function stepByStep(): null {
  return null;
}

function prepared(
  { kind, byId }: WriteQuestion,
  { writes, ids, mayMiss, lone }: Writing,
  read: PreparedRead | null,
): PreparedWrite {
  const [readBack = null, ...others] = read?.statements ?? [];
  const isReadById = others.length === 0 && (readBack === null || readBack.values.length === 1);
  return {
    lone: lone !== undefined && isReadById ? { ...lone, readBack } : null,
    statements: [...writes, ...(read?.statements ?? [])],
    ids,
    isDone: ([rows = []]) => !mayMiss || rows.length > 0,
    // Records that were written are not counted: they were paid for by writing them.
    write: (results) =>
      read === null ? writeIds(kind, ids, byId) : read.write(results.slice(writes.length), () => {}),
  };
}

function writeIds(kind: WriteKind, ids: readonly string[], byId: WriteQuestion['byId']): string {
  return kind === 'createMany' ? `[${ids.map(byId).join()}]` : byId(ids[0] as string);
}

function writingOf(
  context: Context,
  entity: Entity,
  { kind, args }: WriteQuestion,
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
  const entities = new Set(all.map((plan) => plan.entity));
  if (links === null || [...entities].some((made) => context.permissions.allowed('create', made) !== null))
    return null;
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
  const areSeen = [...links.targets].every((target) => permissions.visible(target) === null);
  return links.areKnown && areSeen ? links : null;
}
