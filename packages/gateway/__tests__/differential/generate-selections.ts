import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { isLeftOut } from './coverage.ts';
import { type Draft, plain } from './draft.ts';
import { groupOrder, groupStep, having, ordering, recordFilter } from './generate-inputs.ts';
import { enumValue } from './generate-operands.ts';
import { naiveCursor } from './naive-connection.ts';
import { orderOf } from './naive-order.ts';
import { mottoWords } from './records-data.ts';

type Field = GraphQLField<unknown, unknown>;
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** A selection set over the type: fields with arguments, aliases, directives and fragments. `depth`: links to follow. */
export function selectionSet(draft: Draft, type: Composite, depth: number): string {
  const { random } = draft;
  const parts = isInterfaceType(type)
    ? nodeSelections(draft, type, depth)
    : ownSelections(draft, type, depth);
  if (random.chance(0.15)) {
    draft.use('__typename');
    parts.push('__typename');
  }
  return `{ ${parts.join(' ')} }`;
}

function ownSelections(draft: Draft, type: GraphQLObjectType, depth: number): string[] {
  const { random } = draft;
  const fields = type.getFields();
  const isRecord = draft.model.registry.entityByTypeName.has(type.name);
  const able = Object.keys(fields).filter(
    (name) =>
      (depth > 0 || !isRecord || !leadsFurther(draft, fields[name] as Field)) && !isLeftOut(type.name, name),
  );
  const count = 1 + random.below(isRecord ? 5 : 3);
  const parts = Array.from({ length: count }, () => {
    const name = draft.choose(able, (one) => `${type.name}.${one}`);
    return fieldText(draft, type, fields[name] as Field, depth);
  });
  return parts.map((part) => wrapped(draft, type, part));
}

function leadsFurther(draft: Draft, { type }: Field): boolean {
  const named = getNamedType(type);
  return /Connection$|Aggregate$/.test(named.name) || draft.model.registry.entityByTypeName.has(named.name);
}

/** Fields of several types must not meet under one name. */
function nodeSelections(draft: Draft, type: GraphQLInterfaceType, depth: number): string[] {
  const { random } = draft;
  draft.use(`${type.name}.id`);
  const types = random.some(draft.schema.getPossibleTypes(type), 3);
  const parts = types.map((one) => {
    draft.use('a fragment on Node');
    const fields = one.getFields();
    const name = draft.choose(Object.keys(fields), (each) => `${one.name}.${each}`);
    const field = fields[name] as Field;
    const able = depth > 0 || !leadsFurther(draft, field);
    const text = able ? fieldText(draft, one, field, depth, true) : 'version';
    return `... on ${one.name} { ${text} }`;
  });
  return ['id', ...parts];
}

/** Now and then inside a fragment, with a directive, or twice. */
function wrapped(draft: Draft, type: GraphQLObjectType, part: string): string {
  const { random } = draft;
  switch (random.below(14)) {
    case 0: {
      draft.use('an inline fragment');
      return `... on ${type.name}${directive(draft)} { ${part} }`;
    }
    case 1: {
      draft.use('an inline fragment without a type');
      return `...${directive(draft)} { ${part} }`;
    }
    case 2: {
      draft.use('a named fragment');
      const name = draft.name('F');
      draft.fragments.push(`fragment ${name} on ${type.name} { ${part} }`);
      const twice = random.chance(0.3) ? ` ...${name}` : '';
      return `...${name}${directive(draft)}${twice}`;
    }
    default:
      return part;
  }
}

function directive(draft: Draft): string {
  const { random } = draft;
  if (random.chance(0.6)) return '';
  const name = random.pick(['skip', 'include']);
  draft.use(`@${name}`);
  return ` @${name}(if: ${draft.condition(random.chance(0.7) === (name === 'include'))})`;
}

function fieldText(
  draft: Draft,
  type: GraphQLObjectType,
  field: Field,
  depth: number,
  mustAlias = false,
): string {
  const { random } = draft;
  const args = printArguments(draft, type, field, depth);
  const needsAlias = mustAlias || args !== '' || random.chance(0.15);
  if (needsAlias) draft.use('an alias');
  const alias = needsAlias ? `${draft.name('a')}: ` : '';
  const named = getNamedType(field.type);
  const head = `${alias}${field.name}${args}${random.chance(0.08) ? directive(draft) : ''}`;
  if (isLeafType(named)) return head;
  if (!isObjectType(named) && !isInterfaceType(named)) throw new Error(`Nothing is known of "${named.name}"`);
  const further = leadsFurther(draft, field) && type.name !== 'Query' && !/Connection$|Edge$/.test(type.name);
  const inner = () => selectionSet(draft, named, further ? depth - 1 : depth);
  if (!random.chance(0.05)) return `${head} ${inner()}`;
  draft.use('a field twice, merged');
  return `${head} ${inner()} ${head} ${inner()}`;
}

function printArguments(draft: Draft, type: GraphQLObjectType, field: Field, depth: number): string {
  const { random } = draft;
  const values = argumentsOf(draft, type, field, depth);
  for (const name of Object.keys(values)) draft.use(`${type.name}.${field.name}(${name})`);
  const printed = field.args.flatMap(({ name, type: argument }) => {
    if (Object.hasOwn(values, name)) return [`${name}: ${draft.print(values[name], argument)}`];
    const isOptional = !String(argument).endsWith('!') && name !== 'groupBy';
    return isOptional && random.chance(0.02) ? [`${name}: ${draft.unset(argument)}`] : [];
  });
  return printed.length === 0 ? '' : `(${printed.join(', ')})`;
}

function argumentsOf(
  draft: Draft,
  type: GraphQLObjectType,
  field: Field,
  depth: number,
): Record<string, unknown> {
  const named = getNamedType(field.type).name;
  const typeName = named.replace(/(Connection|Aggregate)$/, '');
  const sabotaged = (place: 'connection' | 'aggregate' | 'count', args: Record<string, unknown>) => ({
    ...args,
    ...draft.take(place)?.make(draft, typeName),
  });
  if (field.args.length === 0) return {};
  if (named.endsWith('Connection')) {
    return sabotaged('connection', pageArguments(draft, type, field, typeName, depth));
  }
  if (named.endsWith('Aggregate'))
    return sabotaged('aggregate', aggregateArguments(draft, type, field, typeName));
  if (field.name === 'totalCount') return sabotaged('count', countArguments(draft, type));
  if (field.name === 'countDistinct') return { of: groupStep(draft, type.name.replace(/Aggregate$/, '')) };
  return lookUpArguments(draft, field, named);
}

function pageArguments(
  draft: Draft,
  type: GraphQLObjectType,
  field: Field,
  typeName: string,
  depth: number,
): Record<string, unknown> {
  const { random } = draft;
  const isRoot = type.name === 'Query';
  const args: Record<string, unknown> = {};
  const wants = (name: string, share: number) => {
    const isNew = draft.coverage.count(`${type.name}.${field.name}(${name})`) === 0;
    return random.chance(isNew ? 0.6 : share);
  };
  const most = isRoot ? 12 : 4;
  const size = random.below(most + 1);
  if (wants('last', 0.2)) args.last = size;
  else if (depth > 1 || draft.budget < 50 || wants('first', 0.7)) args.first = size;
  draft.budget -= 'first' in args || 'last' in args ? size : 30;
  if (wants('where', 0.4)) args.where = recordFilter(draft, typeName);
  if (wants('orderBy', 0.5)) args.orderBy = ordering(draft, typeName);
  if (isSearchable(field) && wants('search', 0.15)) {
    args.search = searchWords(draft);
    // How well a record matches is Postgres' own measure, so each search says how it is sorted.
    args.orderBy ??= ordering(draft, typeName);
  }
  for (const name of ['after', 'before']) {
    if (!wants(name, 0.12)) continue;
    args[name] = cursorOf(draft, typeName, args.orderBy);
  }
  if (random.chance(0.02)) args.orderBy ??= null;
  return args;
}

function isSearchable({ args }: Field): boolean {
  return args.some(({ name }) => name === 'search');
}

/** One word or two, the last of which may be a beginning. */
function searchWords({ random }: Draft): string {
  const words = random.some(mottoWords, 2);
  const text = (words.length > 0 ? words : ['lam']).join(random.pick([' ', '  ', ', ']));
  return random.chance(0.3) && text.length > 3 ? text.slice(0, -1) : text;
}

/** Of any record of the type in this ordering. */
export function cursorOf(draft: Draft, typeName: string, orderBy: unknown): string {
  const { id } = draft.random.pick(draft.model.all(typeName));
  const { signature } = orderOf(draft.model, typeName, plain(orderBy));
  const text = naiveCursor(typeName, signature, id);
  draft.cursors.push({ text, typeName, orderBy, id });
  return text;
}

function aggregateArguments(
  draft: Draft,
  type: GraphQLObjectType,
  field: Field,
  typeName: string,
): Record<string, unknown> {
  const { random } = draft;
  const args: Record<string, unknown> = {};
  const wants = (name: string, share: number) => {
    const isNew = draft.coverage.count(`${type.name}.${field.name}(${name})`) === 0;
    return random.chance(isNew ? 0.7 : share);
  };
  const groupBy = wants('groupBy', 0.7)
    ? Array.from({ length: 1 + random.below(2) }, () => groupStep(draft, typeName))
    : [];
  if (groupBy.length > 0) args.groupBy = groupBy;
  if (wants('where', 0.3)) args.where = recordFilter(draft, typeName);
  if (wants('having', 0.3)) args.having = having(draft, typeName);
  if (wants('orderBy', 0.4)) {
    args.orderBy = Array.from({ length: 1 + random.below(2) }, () => groupOrder(draft, typeName, groupBy));
  }
  if (wants('first', 0.3)) args.first = random.below(8);
  if (isSearchable(field) && wants('search', 0.15)) args.search = searchWords(draft);
  return args;
}

/** What is estimated beyond the cap depends on Postgres' planner, so the cap of an estimate is beyond all counts. */
function countArguments(draft: Draft, type: GraphQLObjectType): Record<string, unknown> {
  if (draft.random.chance(0.4)) return {};
  void type;
  const mode = enumValue(draft, 'CountMode');
  if (mode.name === 'ESTIMATE') return { mode, cap: 1000 + draft.random.below(1000) };
  return { mode, ...(draft.random.chance(0.7) ? { cap: draft.random.below(20) } : {}) };
}

function lookUpArguments(draft: Draft, field: Field, named: string): Record<string, unknown> {
  const { random, model } = draft;
  const types = model.registry.entities.map(({ names }) => names.type);
  const anyId = (typeName: string) => {
    if (random.chance(0.15)) return random.pick(['no id', '00000000-0000-7000-8000-000000000000']);
    const { id } = random.pick(model.all(random.chance(0.9) ? typeName : random.pick(types)));
    return random.chance(0.1) ? id.toUpperCase() : id;
  };
  if (field.name === 'node') return { id: anyId(random.pick(types)) };
  if (field.name === 'nodes') {
    return { ids: Array.from({ length: random.below(5) }, () => anyId(random.pick(types))) };
  }
  const names = field.args.map(({ name }) => name);
  if (names.includes('id')) return { id: anyId(named) };
  if (!types.includes(named)) throw new Error(`The generator knows no arguments of "${field.name}"`);
  const record = random.pick(model.all(named));
  const values = names.map((name) => [name, model.value(record, name)] as const);
  return Object.fromEntries(
    values.flatMap(([name, value]): [string, unknown][] => {
      const isNeeded = String(field.args.find((one) => one.name === name)?.type).endsWith('!');
      if (value === null)
        return isNeeded ? [[name, name === 'position' || name === 'batch' ? 77 : 'none']] : [];
      const other = typeof value === 'string' && random.chance(0.2) ? value.toUpperCase() : value;
      return [[name, other]];
    }),
  );
}
