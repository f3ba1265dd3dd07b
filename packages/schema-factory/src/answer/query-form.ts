import type { Question, QuestionForm, Values } from '@formwork/records';
import { type GraphQLObjectType, getNamedType, isObjectType, type OperationDefinitionNode } from 'graphql';
import {
  resolveAggregate,
  resolveById,
  resolveByKey,
  resolveConnection,
  targetOfField,
} from '../resolvers.ts';
import type { Info, SelectionWalk } from '../selection-walk.ts';
import { aggregateForm } from './aggregate-form.ts';
import { connectionForm } from './connection-form.ts';
import { FormCache } from './form-cache.ts';
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

const forms = new FormCache(formOf);

/** The form of a query, the same for the same outcome of its directives; null where the executor has to do it. */
export function queryForm(info: Info, operation: OperationDefinitionNode): QueryForm | null {
  return forms.get(info, operation);
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

function kindOf({ field }: Place): Exclude<Question['kind'], 'records'> {
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
