import { inputOfFields } from '@formwork/schema-factory';
import {
  type DocumentNode,
  type GraphQLInputObjectType,
  type GraphQLNamedInputType,
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
  /** Of the value, or of what it is a list of. */
  readonly type: GraphQLNamedInputType;
  /** What a scalar that speaks of fields means by them. */
  readonly fieldsOf: GraphQLInputObjectType | undefined;
}

/** A field of an input: "FlightInput.number", and where its value stands. */
interface NamedField {
  readonly name: string;
  readonly place: InputPlace;
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
        const field = findField(place, name.value);
        if (field === undefined) continue;
        names.add(field.name);
        look(value, field.place);
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
        if (argument) look(value, { type: getNamedType(argument.type), fieldsOf: inputOfFields(argument) });
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

/** Of inputs, for as long as their schema lives; but for those behind which something is said by field. */
const knownFields = new WeakMap<GraphQLInputObjectType, Map<string, NamedField>>();

/** Undefined where the input has no such field. */
function findField({ type, fieldsOf }: InputPlace, name: string): NamedField | undefined {
  if (!isInputObjectType(type)) return fieldsOf && readField(fieldsOf, name, undefined);
  if (fieldsOf !== undefined) return readField(type, name, fieldsOf);
  let fields = knownFields.get(type);
  if (fields === undefined) {
    fields = new Map();
    knownFields.set(type, fields);
  }
  let field = fields.get(name);
  if (field === undefined) {
    field = readField(type, name, undefined);
    // Names that a client has made up are not kept: there is no end of them.
    if (field !== undefined) fields.set(name, field);
  }
  return field;
}

function readField(
  input: GraphQLInputObjectType,
  name: string,
  fieldsOf: GraphQLInputObjectType | undefined,
): NamedField | undefined {
  const fields = input.getFields();
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) return undefined;
  const place = { type: getNamedType(field.type), fieldsOf: inputOfFields(field) ?? fieldsOf };
  return { name: `${input.name}.${name}`, place };
}

function holdsNames({ type, fieldsOf }: InputPlace): boolean {
  return isInputObjectType(type) || (fieldsOf !== undefined && isScalarType(type));
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
    for (const name of Object.keys(value)) {
      const field = findField(place, name);
      if (field === undefined) continue;
      names.add(field.name);
      look((value as Readonly<Record<string, unknown>>)[name], field.place);
    }
  };
  for (const [variable, place] of inputs) look(variables[variable], place);
  return names;
}
