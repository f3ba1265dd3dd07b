import { didYouMean, type Entity, type Field, type Registry, type UniqueKey } from '@formwork/registry';
import { Failure } from '../failure.ts';
import { quote, quoteList } from '../quote.ts';

/** Where a column's values go. */
export type ColumnTarget =
  | { readonly field: Field; readonly key: null }
  /** To a link, by a unique key of the record that it leads to; `part` is the field of that key that is given. */
  | { readonly field: Field; readonly key: UniqueKey; readonly part: Field };

/**
 * The target that `--map` names: "departs_at" (a field), "origin.iata" (a link, and a key of its target) or
 * "airport.iata" (the entity linked to, where the column is named as the link). A key of several fields wants the
 * field too: "flight.by_number.number".
 *
 * @throws Failure when there is none, with what there is
 */
export function findMappedTarget(
  registry: Registry,
  entity: Entity,
  column: string,
  path: string,
): ColumnTarget {
  const [name = '', keyName, partName, ...rest] = path.split('.');
  if (rest.length > 0)
    throw new Failure(`--map ${quote(`${column}=${path}`)} has too many dots: write column=link.key.`);
  if (keyName === undefined) {
    const field = findField(entity, name);
    if (field === null) throw new Failure(`--map: ${describeUnknown(entity, name)}`);
    return { field: assertWritable(column, field), key: null };
  }
  const { field, target } = findLink(registry, entity, column, name);
  const key = findKey(target, keyName);
  return { field, key, part: findPart(target, key, partName) };
}

/** The field that a column obviously means: by its key, its name in the API, or its label. Null where there is none. */
export function findObviousField(entity: Entity, column: string): Field | null {
  const wanted = simplify(column);
  const labelled = entity.fields.filter((field) => simplify(field.label) === wanted);
  return (
    findField(entity, column) ??
    entity.fields.find((field) => field.key === wanted) ??
    (labelled.length === 1 ? (labelled[0] ?? null) : null)
  );
}

/** @throws Failure for a field that is not written but made */
export function assertWritable(column: string, field: Field): Field {
  const made = {
    autonumber: 'is numbered by Formwork',
    rollup: 'is computed',
    lookup: 'is computed',
    formula: 'is computed',
  };
  const reason = made[field.type as keyof typeof made];
  if (reason === undefined) return field;
  throw new Failure(
    `Column ${quote(column)} would go to ${quote(field.key)}, which ${reason}. Leave it out with --skip ${quote(column)}.`,
  );
}

function describeUnknown(entity: Entity, name: string): string {
  const keys = entity.fields.map((field) => field.key);
  return `There is no field ${quote(name)} on entity ${quote(entity.key)}.${didYouMean(name, keys)}`;
}

function findField(entity: Entity, name: string): Field | null {
  return entity.fieldByKey.get(name) ?? entity.fieldByName.get(name) ?? null;
}

function findLink(
  registry: Registry,
  entity: Entity,
  column: string,
  name: string,
): { readonly field: Field; readonly target: Entity } {
  const links = entity.fields.filter((field) => field.type === 'link' || field.type === 'links');
  const named = links.find((field) => field === findField(entity, name));
  if (named !== undefined) return { field: named, target: targetOf(registry, named) };
  const leading = links.filter((field) => targetOf(registry, field) === findEntity(registry, name));
  const field = leading.find((one) => one === findObviousField(entity, column)) ?? leading[0];
  if (field === undefined) {
    const ways = links.map((link) => `${link.key} (to ${link.options.target})`).join(', ') || 'none';
    throw new Failure(
      `--map: ${quote(name)} is neither a link of entity ${quote(entity.key)} nor an entity that one leads to. Its links: ${ways}.`,
    );
  }
  if (leading.length > 1 && field !== findObviousField(entity, column)) {
    throw new Failure(
      `--map: several links of ${quote(entity.key)} lead to ${quote(name)}. Name the link instead: ` +
        `${quoteList(leading.map((link) => `${column}=${link.key}.…`))}.`,
    );
  }
  return { field, target: targetOf(registry, field) };
}

function findKey(target: Entity, name: string): UniqueKey {
  const ready = target.keys.filter((key) => key.slot.state === 'ready');
  const found =
    ready.find((key) => key.key === name || key.name === name) ??
    ready.find((key) => key.fields.length === 1 && [key.fields[0]?.key, key.fields[0]?.name].includes(name));
  if (found !== undefined) return found;
  const keys = ready
    .map((key) => `${key.key} (${key.fields.map((field) => field.key).join(', ')})`)
    .join(', ');
  throw new Failure(
    `--map: entity ${quote(target.key)} has no unique key ${quote(name)}. Its unique keys: ${keys || 'none'}.`,
  );
}

function findPart(target: Entity, key: UniqueKey, name: string | undefined): Field {
  const [only] = key.fields;
  if (only !== undefined && key.fields.length === 1 && name === undefined) return only;
  const found = key.fields.find((field) => field.key === name || field.name === name);
  if (found !== undefined) return found;
  const ways = key.fields.map((field) => `column=${target.key}.${key.key}.${field.key}`).join('" --map "');
  throw new Failure(
    `--map: the key ${quote(key.key)} of ${quote(target.key)} has ${key.fields.length} fields: map a column to each with --map "${ways}".`,
  );
}

function findEntity(registry: Registry, name: string): Entity | undefined {
  return registry.entityByKey.get(name) ?? registry.entityByTypeName.get(name);
}

function targetOf(registry: Registry, field: Field): Entity {
  const target = registry.entityByKey.get(field.options.target ?? '');
  if (target === undefined) throw new Error(`Link "${field.key}" has no target.`);
  return target;
}

/** "Departs At", "departs-at" and "departs_at" are one name to a person. */
function simplify(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
}
