import { type GraphQLInputObjectType, getNamedType, isEnumType, isInputObjectType } from 'graphql';
import { isLeftOut } from './coverage.ts';
import type { Draft } from './draft.ts';
import { enumValue, inputType, poolOf, timeZone, valueFilter } from './generate-operands.ts';

const deepest = 3;

function entityOf(draft: Draft, inputName: string, suffix: string): string | null {
  const typeName = inputName.endsWith(suffix) ? inputName.slice(0, -suffix.length) : '';
  return draft.model.registry.entityByTypeName.has(typeName) ? typeName : null;
}

/** A filter of records: at every level one member or two. */
export function recordFilter(draft: Draft, typeName: string, depth = 0): Record<string, unknown> {
  const { random } = draft;
  const type = inputType(draft, `${typeName}Filter`);
  const filter: Record<string, unknown> = {};
  for (let count = random.chance(0.25) ? 2 : 1; count > 0; count -= 1) {
    const names = Object.keys(type.getFields()).filter((name) => {
      return depth < deepest || draft.model.field(typeName, name)?.target === null;
    });
    const name = draft.choose(names, (one) => `${type.name}.${one}`);
    filter[name] = member(draft, typeName, type, name, depth);
  }
  return filter;
}

function member(
  draft: Draft,
  typeName: string,
  type: GraphQLInputObjectType,
  name: string,
  depth: number,
): unknown {
  const { random } = draft;
  const inner = () => recordFilter(draft, typeName, depth + 1);
  if (name === 'isNull') return random.chance(0.5);
  if (name === 'and' || name === 'or') return Array.from({ length: 1 + random.below(3) }, inner);
  if (name === 'not') return inner();
  const operand = getNamedType(type.getFields()[name]?.type);
  if (!isInputObjectType(operand)) throw new Error(`"${type.name}.${name}" is no filter`);
  const list = entityOf(draft, operand.name, 'ConnectionFilter');
  if (list !== null) return connectionFilter(draft, list, operand, depth);
  const linked = entityOf(draft, operand.name, 'Filter');
  if (linked !== null) return recordFilter(draft, linked, depth + 1);
  const kind = draft.model.field(typeName, name)?.kind ?? 'text';
  return valueFilter(draft, operand, poolOf(draft, typeName, name), kind);
}

function connectionFilter(
  draft: Draft,
  typeName: string,
  type: GraphQLInputObjectType,
  depth: number,
): Record<string, unknown> {
  const { random } = draft;
  const names = Object.keys(type.getFields()).filter((name) => name !== 'where');
  const filter: Record<string, unknown> = {};
  if (random.chance(0.3) && depth < deepest) {
    draft.use(`${type.name}.where`);
    filter.where = recordFilter(draft, typeName, depth + 1);
  }
  for (let count = random.chance(0.2) ? 2 : 1; count > 0; count -= 1) {
    const name = draft.choose(names, (one) => `${type.name}.${one}`);
    if (name === 'isNull') filter[name] = random.chance(0.5);
    else if (['some', 'every', 'none'].includes(name))
      filter[name] = recordFilter(draft, typeName, depth + 1);
    else filter[name] = together(draft, typeName, name);
  }
  return filter;
}

/** One step of an ordering; `names`: those that it may be of. */
function orderStep(
  draft: Draft,
  typeName: string,
  depth = 0,
  names: readonly string[] | null = null,
): Record<string, unknown> {
  const type = inputType(draft, `${typeName}Order`);
  const fields = type.getFields();
  const able = (names ?? Object.keys(fields)).filter(
    (name) => depth < deepest || isEnumType(getNamedType(fields[name]?.type)),
  );
  const name = draft.choose(able, (one) => `${type.name}.${one}`);
  const operand = getNamedType(fields[name]?.type);
  if (operand?.name === 'OrderDirection') return { [name]: enumValue(draft, 'OrderDirection') };
  if (operand?.name === 'LinkedOrdering') {
    return { [name]: togetherOrder(draft, draft.model.many(typeName, name)?.target ?? '') };
  }
  const linked = entityOf(draft, operand?.name ?? '', 'Order');
  if (linked === null) throw new Error(`The generator knows no "${type.name}.${name}"`);
  return { [name]: orderStep(draft, linked, depth + 1) };
}

/** One step of an ordering by what many records are together. */
function togetherOrder(draft: Draft, typeName: string): Record<string, unknown> {
  const name = chooseOf(draft, 'LinkedOrdering', typeName);
  if (name === 'count') return { count: enumValue(draft, 'OrderDirection') };
  return { [name]: orderStep(draft, typeName, deepest, aggregated(draft, typeName, name)) };
}

/** One field of a type that all entities share, which speaks of records of this one. */
function chooseOf(draft: Draft, type: string, typeName: string, leftOut: readonly string[] = []): string {
  const names = Object.keys(inputType(draft, type).getFields()).filter(
    (name) =>
      !leftOut.includes(name) &&
      // Of what is no number there is no sum.
      (!isFunction(name) || aggregated(draft, typeName, name).length > 0),
  );
  return draft.choose(names, (name) => `${type}.${name}`);
}

function isFunction(name: string): boolean {
  return ['sum', 'avg', 'min', 'max'].includes(name);
}

export function ordering(draft: Draft, typeName: string): Record<string, unknown>[] {
  return Array.from({ length: 1 + draft.random.below(3) }, () => orderStep(draft, typeName));
}

/** One step of a grouping. */
export function groupStep(draft: Draft, typeName: string, depth = 0): Record<string, unknown> {
  const type = inputType(draft, `${typeName}GroupBy`);
  const fields = type.getFields();
  const able = Object.keys(fields).filter(
    (name) => depth < 2 || draft.model.field(typeName, name)?.target === null,
  );
  const name = draft.choose(able, (one) => `${type.name}.${one}`);
  const operand = getNamedType(fields[name]?.type);
  const linked = entityOf(draft, operand?.name ?? '', 'GroupBy');
  if (linked !== null) return { [name]: groupStep(draft, linked, depth + 1) };
  if (operand?.name === 'Boolean') return { [name]: true };
  draft.use('DateGroup.part');
  const isDate = draft.model.field(typeName, name)?.kind === 'date';
  const zone = isDate ? {} : timeZone(draft, 'DateGroup');
  return { [name]: { part: enumValue(draft, 'DatePart'), ...zone } };
}

/** Names of numbers, and of what has a least value. */
export function aggregated(draft: Draft, typeName: string, how: string): readonly string[] {
  const suffix = how === 'sum' || how === 'avg' ? 'AggregateNumbers' : 'AggregateExtremes';
  const type = draft.schema.getType(`${typeName}${suffix}`);
  const names = type && 'getFields' in type ? Object.keys(type.getFields()) : [];
  return names.filter((name) => !isLeftOut(`${typeName}${suffix}`, name));
}

export function having(draft: Draft, typeName: string, depth = 0): Record<string, unknown> {
  const { random } = draft;
  const name = chooseOf(draft, 'Having', typeName, depth < 2 ? [] : ['and', 'or', 'not']);
  const inner = () => having(draft, typeName, depth + 1);
  switch (name) {
    case 'and':
    case 'or':
      return { [name]: Array.from({ length: 1 + random.below(2) }, inner) };
    case 'not':
      return { not: inner() };
    default:
      return { [name]: together(draft, typeName, name) };
  }
}

/** An operand of `count`, `countDistinct`, `sum`, `avg`, `min` or `max` of records together. */
function together(draft: Draft, typeName: string, name: string, depth = 0): Record<string, unknown> {
  const { random } = draft;
  const counts = () => valueFilter(draft, inputType(draft, 'IntFilter'), [0, 1, 2, 3, 10], 'int');
  if (name === 'count') return counts();
  if (name === 'countDistinct') {
    for (const part of ['of', 'count']) draft.use(`HavingDistinct.${part}`);
    return { of: groupStep(draft, typeName), count: counts() };
  }
  const isTotal = name === 'sum' || name === 'avg';
  const filter = inputType(draft, `${typeName}Filter`);
  if (!isTotal && depth < 2 && random.chance(0.15)) {
    const inner = () => together(draft, typeName, name, depth + 1);
    const word = random.pick(['and', 'or', 'not', 'isNull']);
    draft.use(`${filter.name}.${word}`);
    return { [word]: word === 'isNull' ? random.chance(0.5) : word === 'not' ? inner() : [inner(), inner()] };
  }
  const fieldName = draft.choose(aggregated(draft, typeName, name), (one) => `${filter.name}.${one}`);
  const kind = draft.model.field(typeName, fieldName)?.kind ?? 'text';
  const isOfFloats = isTotal && kind === 'int';
  const operand = isOfFloats
    ? inputType(draft, 'FloatFilter')
    : getNamedType(filter.getFields()[fieldName]?.type);
  const pool = poolOf(draft, typeName, fieldName);
  return {
    [fieldName]: valueFilter(draft, operand as GraphQLInputObjectType, pool, isOfFloats ? 'float' : kind),
  };
}

/** Groups are sorted by their size, by what is grouped by, and by values of them. */
export function groupOrder(
  draft: Draft,
  typeName: string,
  groupBy: readonly Record<string, unknown>[],
): Record<string, unknown> {
  const name = chooseOf(draft, 'GroupOrdering', typeName, groupBy.length > 0 ? [] : ['key']);
  if (name === 'count') return { count: enumValue(draft, 'OrderDirection') };
  if (name === 'key') return { key: keyOrder(draft, draft.random.pick(groupBy)) };
  return { [name]: orderStep(draft, typeName, deepest, aggregated(draft, typeName, name)) };
}

function keyOrder(draft: Draft, step: Record<string, unknown>): Record<string, unknown> {
  const [name = '', operand] = Object.entries(step)[0] ?? [];
  const isLink = typeof operand === 'object' && operand !== null && !('part' in operand);
  return {
    [name]: isLink ? keyOrder(draft, operand as Record<string, unknown>) : enumValue(draft, 'OrderDirection'),
  };
}
