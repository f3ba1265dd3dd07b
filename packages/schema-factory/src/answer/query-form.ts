import type { Question, QuestionForm, Values } from '@formwork/records';
import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import {
  resolveAggregate,
  resolveById,
  resolveByKey,
  resolveConnection,
  targetOfField,
} from '../resolvers.ts';
import { type Info, SelectionWalk } from '../selection-walk.ts';
import { aggregateForm } from './aggregate-form.ts';
import { connectionForm } from './connection-form.ts';
import { FormWalk, isTypename, type Place } from './form-walk.ts';
import { recordForm } from './record-form.ts';
import { Surprise } from './surprise.ts';

/** A query whose answer is written straight from what its root fields read, all in one go. */
export interface QueryForm {
  readonly fields: readonly RootField[];
}

/** A root field: what it asks, and how its value begins in the answer. */
export type RootField =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly question: QuestionForm;
      /** Throws what the executor would report at a field. */
      readonly argumentsOf: (variables: Values) => readonly Values[];
    };

interface Entry {
  readonly decidedBy: ReadonlyMap<string, unknown>;
  /** Null where the executor has to do it. */
  readonly form: QueryForm | null;
}

/** Combinations of @skip and @include that are remembered for one operation. */
const mostEntries = 16;

/** By schema, because one parsed document may serve several; then by the operation, which lives as long as its document. */
const known = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Entry[]>>();

/** The form of a query, the same for the same outcome of its directives; null where the executor has to do it. */
export function queryForm(info: Info, operation: OperationDefinitionNode): QueryForm | null {
  const entries = entriesOf(info.schema, operation);
  const found = entries.find(({ decidedBy }) => isDecidedAlike(decidedBy, info.variableValues));
  if (found !== undefined) return found.form;
  const walk = new SelectionWalk(info);
  const form = formOrNull(walk, operation);
  entries.push({ decidedBy: walk.decidedBy, form });
  if (entries.length > mostEntries) entries.shift();
  return form;
}

function entriesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): Entry[] {
  let operations = known.get(schema);
  if (operations === undefined) {
    operations = new WeakMap();
    known.set(schema, operations);
  }
  let entries = operations.get(operation);
  if (entries === undefined) {
    entries = [];
    operations.set(operation, entries);
  }
  return entries;
}

function isDecidedAlike(decidedBy: ReadonlyMap<string, unknown>, variables: Values): boolean {
  for (const [name, value] of decidedBy) if (variables[name] !== value) return false;
  return true;
}

function formOrNull(walk: SelectionWalk, operation: OperationDefinitionNode): QueryForm | null {
  try {
    return formOf(walk, operation);
  } catch (error) {
    if (error instanceof Surprise || error instanceof GraphQLError) return null;
    throw error;
  }
}

function formOf(walk: SelectionWalk, operation: OperationDefinitionNode): QueryForm {
  const query = walk.info.schema.getQueryType();
  if (!query) throw new Surprise('there is nothing to be asked');
  const places = new FormWalk(walk).placesOf([operation.selectionSet], query);
  assertNoneTogether(places.filter((place): place is Place => !isTypename(place)));
  const fields = places.map((place) =>
    isTypename(place) ? { name: place.name, text: place.typename } : rootField(walk, place),
  );
  // By what is an object no request is known to be like another.
  if ([...walk.decidedBy.values()].some((value) => typeof value === 'object' && value !== null)) {
    throw new Surprise('what is counted is in a variable');
  }
  return { fields };
}

/** Records of one entity that are looked up together are one statement to loaders. */
function assertNoneTogether(places: readonly Place[]): void {
  const looked = places.filter((place) => kindOf(place) === 'record').map(({ field }) => field.name);
  if (new Set(looked).size < looked.length) throw new Surprise('records are looked up together');
}

function rootField(walk: SelectionWalk, place: Place): RootField {
  const form = new FormWalk(walk);
  form.addArguments(place);
  const type = getNamedType(place.field.type);
  if (!isObjectType(type)) throw new Surprise('what a root field gives is told by what it finds');
  const ask = asks(form, type, place);
  const { sources } = form;
  form.close();
  return {
    name: place.name,
    question: { kind: kindOf(place), fixed: sources.map(({ fixed }) => fixed), ask },
    argumentsOf: (variables) => sources.map((source) => source.of(variables)),
  };
}

function kindOf({ field }: Place): Question['kind'] {
  switch (field.resolve) {
    case resolveById:
    case resolveByKey:
      return 'record';
    case resolveConnection:
      return 'connection';
    case resolveAggregate:
      return 'aggregate';
    default:
      throw new Surprise(`"${field.name}" is not read from records alone`);
  }
}

function asks(form: FormWalk, type: GraphQLObjectType, place: Place): QuestionForm['ask'] {
  const { typeName, keyName } = targetOfField(place.field);
  const kind = kindOf(place);
  switch (kind) {
    case 'record': {
      const selection = recordForm(form, type, place.nodes);
      const key = keyName === '' ? null : keyName;
      return (args) => ({ kind, typeName, keyName: key, args: args[0] ?? {}, selection: selection(args) });
    }
    case 'connection': {
      const selection = connectionForm(form, type, place.nodes);
      return (args) => ({ kind, typeName, args: args[0] ?? {}, selection: selection(args) });
    }
    case 'aggregate': {
      const selection = aggregateForm(form, type, place.nodes);
      return (args) => ({ kind, typeName, args: args[0] ?? {}, selection });
    }
  }
}
