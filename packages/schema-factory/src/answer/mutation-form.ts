import type { QuestionForm, RecordSelection, Values, WriteKind } from '@formwork/records';
import {
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import {
  resolveCreate,
  resolveCreateMany,
  resolveDelete,
  resolveItself,
  resolveUpdate,
  targetOfField,
} from '../resolvers.ts';
import type { Info, SelectionWalk } from '../selection-walk.ts';
import { FormCache } from './form-cache.ts';
import { FormWalk, isTypename, type Place } from './form-walk.ts';
import { type Member, objectWriter } from './object-writer.ts';
import { recordForm } from './record-form.ts';
import { Surprise } from './surprise.ts';

/** A mutation whose writes are known before any of them is done, and whose answer is written from what was read back. */
export interface MutationForm {
  readonly fields: readonly MutationField[];
}

export type MutationField =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly kind: WriteKind;
      readonly typeName: string;
      /** Throws what the executor would report at the field. */
      readonly argumentsOf: (variables: Values) => Values;
      /** How what was written is read back; null where nothing is shown of it but its id. */
      readonly readBack: QuestionForm | null;
      /** What is written of a record whose id is all that is shown, as it stands in the answer. */
      readonly byId: (id: string) => string;
      /** Records that the answer shows for each that is written, at most. */
      readonly shown: number;
      /** The payload, of what was written (a record, a list of them, an id) as it stands in the answer. */
      readonly write: (written: string) => string;
    };

/** The form of a mutation, the same for the same outcome of its directives; null where the executor has to do it. */
export function mutationForm(info: Info, operation: OperationDefinitionNode): MutationForm | null {
  return forms.get(info, operation);
}

const forms = new FormCache(formOf);

function formOf(walk: SelectionWalk, operation: OperationDefinitionNode): MutationForm {
  const mutation = walk.info.schema.getMutationType();
  if (!mutation) throw new Surprise('there is nothing to be written');
  const places = new FormWalk(walk).placesOf([operation.selectionSet], mutation);
  return {
    fields: places.map((place) =>
      isTypename(place) ? { name: place.name, text: place.typename } : rootField(walk, place),
    ),
  };
}

function rootField(walk: SelectionWalk, place: Place): MutationField {
  const form = new FormWalk(walk);
  form.addArguments(place);
  const payload = getNamedType(place.field.type);
  if (!isObjectType(payload)) throw new Surprise('a payload is no object');
  const kind = kindOf(place);
  const { typeName } = targetOfField(place.field);
  const members: Member<string>[] = [];
  let shown: Shown | null = null;
  for (const part of form.places(place.nodes, payload)) {
    const { name } = part;
    if (isTypename(part)) members.push({ name, write: () => part.typename });
    else {
      if (shown !== null) throw new Surprise('what was written stands in two places');
      shown = shownIn(form, kind, part);
      members.push({ name, write: (written) => written });
    }
  }
  const [source, ...others] = form.sources;
  form.close();
  if (source === undefined || others.length > 0) throw new Surprise('lists are read step by step');
  return {
    name: place.name,
    kind,
    typeName,
    argumentsOf: (variables) => source.of(variables),
    readBack: shown?.selection ? question(kind, typeName, shown.selection) : null,
    byId: shown?.byId ?? ((id) => JSON.stringify(id)),
    shown: shown?.records ?? 0,
    write: objectWriter(members),
  };
}

function kindOf({ field }: Place): WriteKind {
  switch (field.resolve) {
    case resolveCreate:
      return 'create';
    case resolveUpdate:
      return 'update';
    case resolveDelete:
      return 'delete';
    case resolveCreateMany:
      return 'createMany';
    default:
      throw new Surprise(`"${field.name}" takes more than one step`);
  }
}

interface Shown {
  /** Null where the id is all of it, which is known before anything is written. */
  readonly selection: RecordSelection | null;
  readonly byId: (id: string) => string;
  readonly records: number;
}

function shownIn(form: FormWalk, kind: WriteKind, { field, nodes }: Place): Shown {
  if (kind === 'delete') return { selection: null, byId: (id) => JSON.stringify(id), records: 0 };
  const type = getNamedType(field.type);
  const isMany = isListType(getNullableType(field.type));
  if (field.resolve !== resolveItself || !isObjectType(type) || isMany !== (kind === 'createMany')) {
    throw new Surprise(`"${field.name}" is not what was written`);
  }
  const selection = recordForm(form, type as GraphQLObjectType, nodes)([]);
  const records = 1 + linked(selection);
  if (isMany && records > 1) throw new Surprise('many records are read step by step');
  const { fields, links = [], write } = selection;
  const byId = (id: string) => write?.({ id, values: [], behind: [] }) ?? JSON.stringify(id);
  return { selection: fields.length + links.length === 0 ? null : selection, byId, records };
}

/** Records behind the links of one. */
function linked({ links = [] }: RecordSelection): number {
  return links.reduce((sum, { record }) => sum + 1 + (record ? linked(record) : 0), 0);
}

function question(kind: WriteKind, typeName: string, selection: RecordSelection): QuestionForm {
  return kind === 'createMany'
    ? { kind: 'records', fixed: [], ask: ([args = {}]) => ({ kind: 'records', typeName, args, selection }) }
    : {
        kind: 'record',
        fixed: [],
        ask: ([args = {}]) => ({ kind: 'record', typeName, keyName: null, args, selection }),
      };
}
