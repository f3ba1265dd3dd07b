import { inputOfFields } from '@formwork/schema-factory';
import {
  type DocumentNode,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isScalarType,
  Kind,
  separateOperations,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * What an operation names of the schema: "Flight.number" for a field that it selects or gives in an input, "Flight"
 * for a type. Variables that hold inputs are looked into when they are there.
 */
export interface WrittenNames {
  readonly names: ReadonlySet<string>;
  readonly inputs: readonly (readonly [variable: string, place: InputPlace])[];
}

/** Where a value stands. */
interface InputPlace {
  readonly type: GraphQLInputType;
  /** What a scalar that speaks of fields means by them. */
  readonly fieldsOf: GraphQLInputObjectType | undefined;
}

const known = new WeakMap<DocumentNode, Map<string, WrittenNames>>();

/** Of a valid document: the same object each time, so a request that comes again costs a look into a map. */
export function findWrittenNames(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): WrittenNames {
  const ofDocument = known.get(document) ?? new Map<string, WrittenNames>();
  known.set(document, ofDocument);
  const found = ofDocument.get(operationName ?? '') ?? find(schema, document, operationName);
  ofDocument.set(operationName ?? '', found);
  return found;
}

function find(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): WrittenNames {
  const separate = separateOperations(document);
  // Without the other operations and their fragments.
  const operation = separate[operationName ?? ''] ?? Object.values(separate)[0] ?? document;
  const names = new Set<string>();
  const inputs: (readonly [string, InputPlace])[] = [];
  const defaults = defaultsOf(operation);
  const look = (node: ValueNode, place: InputPlace): void => {
    if (node.kind === Kind.LIST) for (const item of node.values) look(item, place);
    if (node.kind === Kind.OBJECT) {
      for (const { name, value } of node.fields) {
        const inner = noteField(names, place, name.value);
        if (inner) look(value, inner);
      }
    }
    if (node.kind !== Kind.VARIABLE || !holdsNames(place)) return;
    const variable = node.name.value;
    inputs.push([variable, place]);
    const otherwise = defaults.get(variable);
    if (otherwise) look(otherwise, place);
  };
  const info = new TypeInfo(schema);
  visit(
    operation,
    visitWithTypeInfo(info, {
      [Kind.FIELD]: (node) => {
        const parent = info.getParentType();
        if (parent) names.add(`${parent.name}.${node.name.value}`);
      },
      [Kind.ARGUMENT]: ({ value }) => {
        const argument = info.getArgument();
        if (argument) look(value, { type: argument.type, fieldsOf: inputOfFields(argument) });
      },
      [Kind.NAMED_TYPE]: (node) => {
        names.add(node.name.value);
      },
    }),
  );
  return { names, inputs };
}

function defaultsOf({ definitions }: DocumentNode): ReadonlyMap<string, ValueNode | undefined> {
  const variables = definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? (one.variableDefinitions ?? []) : [],
  );
  return new Map(variables.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]));
}

/** Notes a field that an input names, and tells where its value stands; undefined where the input has no such field. */
function noteField(names: Set<string>, { type, fieldsOf }: InputPlace, name: string): InputPlace | undefined {
  const named = getNamedType(type);
  const input = isInputObjectType(named) ? named : fieldsOf;
  const fields = input?.getFields() ?? {};
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (input === undefined || field === undefined) return undefined;
  names.add(`${input.name}.${name}`);
  return { type: field.type, fieldsOf: inputOfFields(field) ?? (input === named ? fieldsOf : undefined) };
}

function holdsNames({ type, fieldsOf }: InputPlace): boolean {
  const named = getNamedType(type);
  return isInputObjectType(named) || (fieldsOf !== undefined && isScalarType(named));
}

const none: ReadonlySet<string> = new Set();

/** What the inputs in the variables name. Variables that do not fit name nothing; the executor will refuse them. */
export function findGivenNames(
  { inputs }: WrittenNames,
  variables: Readonly<Record<string, unknown>> | null,
): ReadonlySet<string> {
  if (variables === null || inputs.length === 0) return none;
  const names = new Set<string>();
  const look = (value: unknown, place: InputPlace): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) look(item, place);
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const inner = noteField(names, place, name);
      if (inner) look(item, inner);
    }
  };
  for (const [variable, place] of inputs) look(variables[variable], place);
  return names;
}
