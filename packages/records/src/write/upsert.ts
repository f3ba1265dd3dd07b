import { sql } from '@formwork/pg/sql-text';
import type { Entity, UniqueKey } from '@formwork/registry';
import { forbidden } from '../access/permissions.ts';
import { RecordError, type RecordNode, type RecordSelection, type Values } from '../contract.ts';
import type { InputPath } from '../validate/violation.ts';
import { createPlanned, planAll } from './create.ts';
import { linkStatement, readLinks } from './resolve-links.ts';
import { updateRecord } from './update.ts';
import { readUpsertKey, type UpsertKey } from './upsert-key.ts';
import { runWrite, type WriteContext } from './write-context.ts';
import { createdBy } from './write-plan.ts';

/** Others may create and delete the record while we look: so often it is looked for again. */
const attempts = 5;

export interface Upserted {
  readonly node: RecordNode;
  readonly created: boolean;
}

/**
 * See `BulkRecords.upsert`. Looks, then changes or creates. An insert that meets the key waits for who came first and
 * is then left out, without an error, so that the record is there to be changed.
 */
export async function upsertRecord(
  context: WriteContext,
  entity: Entity,
  by: Values,
  input: Values,
  selection: RecordSelection,
): Promise<Upserted> {
  const key = readUpsertKey(context.registry, entity, by, input);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const id = await find(context, entity, key);
    const upserted =
      id === null
        ? await create(context, entity, key, selection)
        : await change(context, entity, id, key.input, selection);
    if (upserted !== null) return upserted;
  }
  throw new RecordError('CONFLICT', 'Other writes were in the way. Try again.', {}, { retry: true });
}

async function find(context: WriteContext, entity: Entity, { reference }: UpsertKey): Promise<string | null> {
  const [rows = []] = await runWrite(context, entity, [linkStatement([reference])]);
  return readLinks([reference], rows)[0] ?? null;
}

/** Throws FORBIDDEN where the record with the key is one that the caller may not see: it can neither be changed nor made. */
async function assertVisible(context: WriteContext, entity: Entity, id: string): Promise<void> {
  const rows = context.permissions.visible(entity);
  if (rows === null) return;
  const [found = []] = await runWrite(context, entity, [
    sql`select v.id from ${rows} v where v.id = ${id}::uuid`,
  ]);
  if (found.length === 0) throw forbidden('update', entity);
}

/** Null where it has been deleted since. */
async function change(
  context: WriteContext,
  entity: Entity,
  id: string,
  input: Values,
  selection: RecordSelection,
): Promise<Upserted | null> {
  await assertVisible(context, entity, id);
  const node = await unless('NOT_FOUND', () => updateRecord(context, entity, id, input, null, selection));
  return node && { node, created: false };
}

/** Null where somebody else has created it since. */
async function create(
  context: WriteContext,
  entity: Entity,
  upsertKey: UpsertKey,
  selection: RecordSelection,
): Promise<Upserted | null> {
  const { key, values, input } = upsertKey;
  const plans = await planAll(context, entity, [{ path: ['input'], input: { ...input, ...values } }]);
  const makesMore = plans.some((plan) => createdBy(plan).length > 0 || plan.manyLinks.length > 0);
  if (makesMore) await runWrite(context, entity, [sql`savepoint upsert`]);
  const isTaken = (error: RecordError) => error.code === 'CONFLICT' || refuses(error, key);
  const nodes = await unless(isTaken, () => createPlanned(context, entity, plans, selection)).catch(
    (error) => {
      throw placeInKey(error, upsertKey);
    },
  );
  // What it was to lead to is there already, and would be made a second time; its links would lead from nowhere.
  if (nodes === null && makesMore) await runWrite(context, entity, [sql`rollback to savepoint upsert`]);
  const node = nodes?.[0];
  return node ? { node, created: true } : null;
}

/** A link that is part of the key was given there, and not in the input. */
function placeInKey(error: unknown, { key, values }: UpsertKey): unknown {
  if (!(error instanceof RecordError && Array.isArray(error.details['links']))) return error;
  const given = error.details['links'] as readonly { readonly path: InputPath }[];
  const links = given.map((link) => {
    const [, part = '', ...rest] = link.path;
    const isOfKey = rest.length === 0 && Object.hasOwn(values, part);
    return isOfKey ? { ...link, path: ['by', key.name, ...(key.fields.length > 1 ? [part] : [])] } : link;
  });
  const details = { ...error.details, ...links[0], links };
  return new RecordError(error.code, error.message, details, { retry: error.retry, cause: error.cause });
}

/** Whether a record of somebody else has the key: of the record itself, and not of one that is created inside of it. */
function refuses({ details: { violations } }: RecordError, { name }: UniqueKey): boolean {
  return (
    Array.isArray(violations) &&
    violations.some(({ key, path, other }) => key === name && path.length <= 2 && other === undefined)
  );
}

/** Null for an error of that kind; it has not ended the transaction. */
async function unless<T>(
  expected: RecordError['code'] | ((error: RecordError) => boolean),
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const isExpected =
      error instanceof RecordError &&
      error.cause === undefined &&
      (typeof expected === 'string' ? error.code === expected : expected(error));
    if (isExpected) return null;
    throw error;
  }
}
