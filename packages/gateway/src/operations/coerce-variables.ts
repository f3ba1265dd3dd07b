import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { OperationParams } from './prepare.ts';

type Values = Readonly<Record<string, unknown>>;

/** A value as its type takes it. Throws where it does not. */
type Coerce = (value: unknown) => unknown;

interface Variable {
  readonly name: string;
  readonly coerce: Coerce;
  readonly isRequired: boolean;
  /** What it is where it is not given; `undefined`: nothing. */
  readonly missing: () => unknown;
}

/** By schema, because one parsed document may serve several; then by the operation, which lives as long as its document. */
const known = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, readonly Variable[]>>();

/**
 * The values of an operation's variables, as `getVariableValues` gives them, which looks at each type anew for each value:
 * a seventh of what a bulk create costs. Null where one is refused: the executor says why.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: OperationParams['variables'],
): Values | null {
  const values: Record<string, unknown> = {};
  try {
    for (const { name, coerce, isRequired, missing } of variablesOf(schema, operation)) {
      if (given !== null && Object.hasOwn(given, name)) values[name] = coerce(given[name]);
      else {
        const value = missing();
        if (value !== undefined) values[name] = value;
        else if (isRequired) return null;
      }
    }
    return values;
  } catch {
    return null;
  }
}

function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly Variable[] {
  let operations = known.get(schema);
  if (operations === undefined) {
    operations = new WeakMap();
    known.set(schema, operations);
  }
  let variables = operations.get(operation);
  if (variables === undefined) {
    variables = (operation.variableDefinitions ?? []).map((definition): Variable => {
      const type = typeFromAST(schema, definition.type as never) as unknown;
      if (!isInputType(type)) throw new Error('a variable is of no type');
      const { defaultValue } = definition;
      return {
        name: definition.variable.name.value,
        coerce: coercerOf(type),
        isRequired: isNonNullType(type),
        missing: () => (defaultValue === undefined ? undefined : valueFromAST(defaultValue, type)),
      };
    });
    operations.set(operation, variables);
  }
  return variables;
}

const refused = new Error('a value is not of its type');

function coercerOf(type: GraphQLInputType): Coerce {
  if (!isNonNullType(type)) {
    const coerce = presentCoercer(type);
    return (value) => (value === null || value === undefined ? null : coerce(value));
  }
  const coerce = presentCoercer(type.ofType);
  return (value) => {
    if (value === null || value === undefined) throw refused;
    return coerce(value);
  };
}

/** Of the types of inputs, which lead to each other, as long as their schema lives. */
const presentCoercers = new WeakMap<GraphQLInputType, Coerce>();

function presentCoercer(type: GraphQLInputType): Coerce {
  let coerce = presentCoercers.get(type);
  if (coerce === undefined) {
    coerce = makeCoercer(type);
    presentCoercers.set(type, coerce);
  }
  return coerce;
}

function makeCoercer(type: GraphQLInputType): Coerce {
  if (isListType(type)) {
    const coerce = coercerOf(type.ofType);
    // Lists take a value that is none for a list of one.
    return (value) => (Array.isArray(value) ? value.map((item) => coerce(item)) : [coerce(value)]);
  }
  if (isInputObjectType(type)) return objectCoercer(type);
  if (isNonNullType(type)) return coercerOf(type);
  return (value) => {
    const parsed = type.parseValue(value);
    if (parsed === undefined) throw refused;
    return parsed;
  };
}

interface InputField {
  readonly name: string;
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
  readonly coerce: Coerce;
}

function objectCoercer(type: GraphQLInputObjectType): Coerce {
  // When they are needed: an input may hold itself.
  let fields: readonly InputField[] | undefined;
  let names: ReadonlySet<string> = new Set();
  const read = (): readonly InputField[] => {
    const all = Object.values(type.getFields()).map((field) => ({
      name: field.name,
      defaultValue: field.defaultValue,
      isRequired: isNonNullType(field.type),
      coerce: coercerOf(field.type),
    }));
    names = new Set(all.map(({ name }) => name));
    return all;
  };
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused;
    fields ??= read();
    const coerced: Record<string, unknown> = {};
    let known = 0;
    for (const { name, defaultValue, isRequired, coerce } of fields) {
      const given = (value as Values)[name];
      // A field may be called as what every object inherits.
      if (given !== undefined && Object.hasOwn(value, name)) {
        known += 1;
        coerced[name] = coerce(given);
      } else if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (isRequired) throw refused;
    }
    const all = Object.keys(value);
    if (all.length > known) for (const name of all) if (!names.has(name)) throw refused;
    if (type.isOneOf) assertOne(coerced);
    return coerced;
  };
}

function assertOne(coerced: Values): void {
  const [value, ...others] = Object.values(coerced);
  if (value === undefined || value === null || others.length > 0) throw refused;
}
