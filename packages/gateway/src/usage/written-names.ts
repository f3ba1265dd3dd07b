import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  separateOperations,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * What an operation names of the schema: "Flight.number" for a field that it selects or gives in an input, "Flight"
 * for a type. Variables that hold inputs are looked into when they are there.
 */
export interface WrittenNames {
  readonly names: ReadonlySet<string>;
  readonly inputs: readonly (readonly [variable: string, type: GraphQLInputType])[];
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
  const inputs: [string, GraphQLInputType][] = [];
  const info = new TypeInfo(schema);
  visit(
    operation,
    visitWithTypeInfo(info, {
      [Kind.FIELD]: (node) => {
        const parent = info.getParentType();
        if (parent) names.add(`${parent.name}.${node.name.value}`);
      },
      [Kind.OBJECT_FIELD]: (node) => {
        const parent = getNamedType(info.getParentInputType());
        if (parent) names.add(`${parent.name}.${node.name.value}`);
      },
      [Kind.NAMED_TYPE]: (node) => {
        names.add(node.name.value);
      },
      [Kind.VARIABLE_DEFINITION]: ({ variable, type }) => {
        const input = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
        if (input && isInputObjectType(getNamedType(input))) inputs.push([variable.name.value, input]);
      },
    }),
  );
  return { names, inputs };
}

/** What the inputs in the variables name. Variables that do not fit name nothing; the executor will refuse them. */
export function findGivenNames(
  { inputs }: WrittenNames,
  variables: Readonly<Record<string, unknown>> | null,
): ReadonlySet<string> {
  const names = new Set<string>();
  if (variables === null) return names;
  const look = (type: GraphQLInputType, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) look(type, item);
      return;
    }
    const named = getNamedType(type);
    if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return;
    const fields = named.getFields();
    for (const [name, item] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) continue;
      names.add(`${named.name}.${name}`);
      if (typeof item === 'object' && item !== null) look(field.type, item);
    }
  };
  for (const [variable, type] of inputs) look(type, variables[variable]);
  return names;
}
