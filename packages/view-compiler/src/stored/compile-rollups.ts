import { identifier, literal } from '@formwork/pg/sql-text';
import type { Entity, Registry, RollupComputation, RollupWay } from '@formwork/registry';
import { compileDifferenceValue, compileRolledValue } from './compile-rolled-value.ts';
import { type GeneratedFunction, generateFunction } from './generated-function.ts';
import { ownFields } from './own-fields.ts';

/** A row of formwork.rollups: the rollups of an entity over the records of one link. All names are storage keys. */
export interface RollupRow {
  readonly entityType: string;
  readonly sourceType: string;
  readonly field: string;
  readonly way: RollupWay['kind'];
  /** Number of the link's slot; null for links to many. */
  readonly slot: number | null;
  /** Higher than that of the rollups that they roll up. */
  readonly level: number;
  /** Name of the function that computes them. */
  readonly compute: string;
  /** Whether they are kept by adding what comes and taking away what goes, and the function that says how much. */
  readonly isAdded: boolean;
  readonly difference: string | null;
  /** The rollups, and what they depend on in the source. */
  readonly keys: readonly string[];
  readonly uses: readonly string[];
}

interface Rollup {
  readonly key: string;
  readonly computation: RollupComputation;
}

export interface CompiledRollups {
  readonly row: RollupRow;
  readonly functions: readonly GeneratedFunction[];
  /** SQL for each rollup of a record: the tenant and the id of the record are given as expressions. */
  readonly values: (
    tenant: string,
    id: string,
  ) => readonly { readonly key: string; readonly value: string }[];
}

/** The rollups of an entity, together those that go the same way and are kept the same way. */
export function compileRollups(registry: Registry, entity: Entity): readonly CompiledRollups[] {
  const groups = new Map<string, Rollup[]>();
  for (const rollup of rollupsOf(entity)) {
    const { kind, source, field } = rollup.computation.way;
    const way = `${kind} ${source} ${field} ${isAdded(rollup)}`;
    groups.set(way, [...(groups.get(way) ?? []), rollup]);
  }
  const level = levelOf(registry, entity);
  return [...groups.keys()].sort().map((way) => compileGroup(entity, level, groups.get(way) ?? []));
}

/** Storage keys of the entities whose records are rolled up somewhere. */
export function rolledUpEntities(registry: Registry): ReadonlySet<string> {
  const known = sources.get(registry);
  if (known !== undefined) return known;
  const found = registry.entities.flatMap(rollupsOf).map(({ computation }) => computation.way.source);
  const all = new Set(found);
  sources.set(registry, all);
  return all;
}

const sources = new WeakMap<Registry, ReadonlySet<string>>();

/** Rollups of a record to which nothing links, as JSON by storage key: what is null has no entry. */
export function noRollups(entity: Entity): Readonly<Record<string, number>> {
  const zeros = rollupsOf(entity).filter(
    ({ key, computation: { function: how } }) =>
      how === 'count' || (how === 'sum' && entity.fieldByStorageKey.get(key)?.computed?.type !== 'currency'),
  );
  return Object.fromEntries(zeros.map(({ key }) => [key, 0]));
}

/** In the order of their storage keys. */
export function rollupsOf({ fields }: Entity): readonly Rollup[] {
  return fields
    .flatMap(({ storageKey, computed }): Rollup[] =>
      computed?.stored?.kind === 'rollup' ? [{ key: storageKey, computation: computed.stored }] : [],
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function compileGroup(entity: Entity, level: number, rollups: readonly Rollup[]): CompiledRollups {
  const [
    {
      computation: { way },
    },
  ] = rollups as [Rollup];
  const values = rollups.map(({ key, computation }) => ({ key, value: compileRolledValue(computation) }));
  const objects = values.map(({ key, value }) => `jsonb_build_object(${literal(key)}, ${value})`);
  const compute = generateFunction(
    [
      ['_tenant', 'uuid'],
      ['_parents', 'uuid[]'],
    ],
    'table (parent uuid, rolled jsonb)',
    `begin
  return query select _p.id, (select jsonb_strip_nulls(${objects.join(' || ')})
    ${rolledRecords(entity, way, '_tenant', '_p.id')})
  from unnest(_parents) _p (id);
end`,
  );
  const [first] = rollups;
  const difference = first && isAdded(first) ? compileDifference(rollups) : null;
  const uses = rollups.flatMap(({ computation: { rolled, filter } }) => [
    ...(rolled ? [rolled.field] : []),
    ...(filter ? ownFields(filter) : []),
  ]);
  const row = {
    entityType: entity.storageKey,
    sourceType: way.source,
    field: way.field,
    way: way.kind,
    slot: way.slot === null ? null : Number(way.slot.slice(1)),
    level,
    compute: compute.name,
    isAdded: difference !== null,
    difference: difference?.name ?? null,
    keys: rollups.map(({ key }) => key),
    uses: [...new Set(uses)].sort(),
  };
  return {
    row,
    functions: [compute, ...(difference === null ? [] : [difference])],
    values: (tenant, id) =>
      values.map(({ key, value }) => ({
        key,
        value: `(select to_jsonb(${value}) ${rolledRecords(entity, way, tenant, id)})`,
      })),
  };
}

/** Extremes and averages cannot be told from what they were, nor is money of several currencies a number. */
function isAdded({ computation: { function: how, way, rolled } }: Rollup): boolean {
  return way.kind === 'link' && (how === 'count' || (how === 'sum' && rolled?.type !== 'currency'));
}

/** From links, what stands there, and whether it comes (1) or goes (-1), to what changes for each record linked to. */
function compileDifference(rollups: readonly Rollup[]): GeneratedFunction {
  const objects = rollups.map(
    ({ key, computation }) => `jsonb_build_object(${literal(key)}, ${compileDifferenceValue(computation)})`,
  );
  return generateFunction(
    [
      ['_links', 'uuid[]'],
      ['_contents', 'jsonb[]'],
      ['_signs', 'int[]'],
    ],
    'table (parent uuid, rolled jsonb)',
    `begin
  return query select c.link, c.differences from (
    select r.link, jsonb_strip_nulls(${objects.join(' || ')}) as differences
    from unnest(_links, _contents, _signs) r (link, data, sign) group by r.link
  ) c where c.differences <> '{}';
end`,
  );
}

/** How many entities stand below that are rolled up one into another. Where they go in a circle, it is cut somewhere. */
function levelOf(registry: Registry, entity: Entity, above: readonly Entity[] = []): number {
  const below = rollupsOf(entity)
    .map(({ computation }) => registry.entityByStorageKey.get(computation.way.source))
    .filter((source) => source !== undefined)
    .filter((source) => source !== entity && !above.includes(source));
  const levels = [...new Set(below)].map((source) => levelOf(registry, source, [...above, entity]));
  return rollupsOf(entity).length === 0 ? 0 : 1 + Math.max(0, ...levels);
}

/** The living records at the other end; their columns are named without a table, as computations name them. */
function rolledRecords(entity: Entity, way: RollupWay, tenant: string, id: string): string {
  const isLiving = `r.tenant_id = ${tenant} and r.entity_type = ${literal(way.source)} and r.deleted_at is null`;
  if (way.kind === 'link') {
    if (way.slot === null) throw new Error(`The link "${way.field}" of "${way.source}" has no slot`);
    const link = `r.${identifier(way.slot)}`;
    return `from (select r.data from formwork.records r where ${isLiving} and ${only(link, id)} offset 0) r`;
  }
  const [mine, theirs] = way.kind === 'in' ? ['target_id', 'source_id'] : ['source_id', 'target_id'];
  const linking = way.kind === 'in' ? way.source : entity.storageKey;
  return (
    `from (select _l.${theirs} as id from formwork.record_links _l where _l.tenant_id = ${tenant} ` +
    `and _l.entity_type = ${literal(linking)} and _l.field = ${literal(way.field)} ` +
    `and ${only(`_l.${mine}`, id)} offset 0) _l join formwork.records r on r.id = _l.id and ${isLiving}`
  );
}

/**
 * That a column has one value, and the order by it: said so, only the index that has the column behind the tenant will
 * do. Of a tenant that is not in the statistics yet the planner expects one record, and any index that begins with the
 * tenant is as good to it: 10,000 orders took 28 seconds.
 */
function only(column: string, value: string): string {
  return `${column} >= ${value} and ${column} <= ${value} order by ${column}`;
}
