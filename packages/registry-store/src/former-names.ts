import type { Row, Statement, TransactionSql } from '@formwork/pg';
import type { Entity, Field, Registry } from '@formwork/registry';

/** A name that clients could once write, and what to write instead. */
export interface FormerName {
  /** Storage keys; of an entity itself, `field` is empty. */
  readonly entityType: string;
  readonly field: string;
  /** The key that the name came from, and the plural of an entity. */
  readonly name: string;
  readonly plural: string | null;
  /** Storage key of what takes its place: itself, another field of the same entity, another entity. */
  readonly successor: string;
}

/** Names kept at most for one tenant to be looked through: the latest. */
const mostNames = 5_000;

/** Notes what a change takes away from clients and puts something in the place of. */
export async function saveFormerNames(
  sql: TransactionSql,
  before: Registry | null,
  after: Registry,
  version: number,
): Promise<void> {
  const names = findFormerNames(before, after);
  if (names.length === 0) return;
  await sql`
    insert into formwork.former_names (entity_type, field, name, plural, successor, version)
    select n."entityType", n.field, n.name, n.plural, n.successor, ${version}
    from jsonb_to_recordset(${sql.json([...names] as never)}) as n (
      "entityType" text, field text, name text, plural text, successor text)
    on conflict (tenant_id, entity_type, field, name) do update set
      plural = excluded.plural, successor = excluded.successor, version = excluded.version`;
}

/** Of the running tenant, for the data plane. Read with {@link readFormerNames}. */
export const formerNamesStatement: Statement = {
  text: `select entity_type, field, name, plural, successor from formwork.former_names
    order by version desc limit ${mostNames}`,
  values: [],
};

export function readFormerNames(rows: readonly Row[]): readonly FormerName[] {
  return rows.map(([entityType, field, name, plural, successor]) => ({
    entityType: String(entityType),
    field: String(field),
    name: String(name),
    plural: plural ?? null,
    successor: String(successor),
  }));
}

function findFormerNames(before: Registry | null, after: Registry): readonly FormerName[] {
  return (before?.entities ?? []).flatMap((entity) => {
    const now = after.entityByStorageKey.get(entity.storageKey);
    return [
      ...formerOf(entity, now, successorOf(entity, after)),
      ...(now ? entity.fields.flatMap((field) => formerFields(entity, field, now)) : []),
    ];
  });
}

function formerOf(entity: Entity, now: Entity | undefined, successor: string | null): readonly FormerName[] {
  const kept = new Set(now ? [now, ...now.aliases].map(({ key }) => key) : []);
  return [entity, ...entity.aliases]
    .filter(({ key }) => successor !== null && !kept.has(key))
    .map(({ key: name, plural }) => ({
      ...{ entityType: entity.storageKey, field: '', name, plural, successor: successor as string },
    }));
}

function formerFields(entity: Entity, field: Field, now: Entity): readonly FormerName[] {
  const still = now.fieldByStorageKey.get(field.storageKey);
  const kept = new Set(still ? [still, ...still.aliases].map(({ key }) => key) : []);
  const successor = still?.storageKey ?? replacementOf(field, entity, now);
  return [field, ...field.aliases]
    .filter(({ key }) => successor !== null && !kept.has(key))
    .map(({ key: name }) => ({
      ...{ entityType: entity.storageKey, field: field.storageKey, name, plural: null },
      successor: successor as string,
    }));
}

/** The field that has taken its place in another type, or the one that its deprecation named. */
function replacementOf({ replacedBy, deprecated }: Field, entity: Entity, now: Entity): string | null {
  const named = entity.fieldByKey.get(deprecated?.replacement ?? '')?.storageKey;
  return [replacedBy, named].find((one) => one != null && now.fieldByStorageKey.has(one)) ?? null;
}

function successorOf({ storageKey, deprecated }: Entity, after: Registry): string | null {
  if (after.entityByStorageKey.has(storageKey)) return storageKey;
  return after.entityByKey.get(deprecated?.replacement ?? '')?.storageKey ?? null;
}
