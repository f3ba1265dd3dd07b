import type { Values } from '@formwork/records';
import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql';
import { selectionSets } from '../selection.ts';
import { mentionsVariable } from '../selection-links.ts';
import type { SelectionWalk } from '../selection-walk.ts';
import { areGiven, type Fill, fillerOf, Hole, type NeededVariable, neededIn } from './filled-arguments.ts';
import { Surprise } from './surprise.ts';

/** Places of an answer that are foreseen: what fragments say once could be as long as two to the power of their number. */
const mostPlaces = 2_000;

/** One place of the answer. */
export interface Place {
  readonly name: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  readonly nodes: readonly FieldNode[];
}

/** Reads one root field of a query, and notes the fields whose arguments are still to come. */
export class FormWalk {
  readonly #sources: ArgumentSource[] = [];
  #walk: SelectionWalk | null;
  #places = 0;

  constructor(walk: SelectionWalk) {
    this.#walk = walk;
  }

  get walk(): SelectionWalk {
    if (this.#walk === null) throw new Error('The field has been read');
    return this.#walk;
  }

  /** Lets go of the request that the field was read for: what was made of it stays for others. */
  close(): void {
    this.#walk = null;
  }

  get sources(): readonly ArgumentSource[] {
    return this.#sources;
  }

  /** Number of the field's arguments among all. */
  addArguments(place: Place): number {
    return this.#sources.push(new ArgumentSource(place)) - 1;
  }

  /** The places of an object; `typename` where it asks for its own type. */
  places(nodes: readonly FieldNode[], type: GraphQLObjectType): readonly (Place | TypenamePlace)[] {
    return this.placesOf(selectionSets(nodes), type);
  }

  placesOf(sets: readonly SelectionSetNode[], type: GraphQLObjectType): readonly (Place | TypenamePlace)[] {
    const places = [...this.walk.placesOf(sets, type)].map(([name, nodes]): Place | TypenamePlace => {
      const [node] = nodes;
      if (node?.name.value === '__typename') return { name, typename: JSON.stringify(type.name) };
      const field = node && type.getFields()[node.name.value];
      if (node === undefined || field === undefined) throw new Surprise('a field is none of its type');
      return { name, field, node, nodes };
    });
    this.#places += places.length;
    if (this.#places > mostPlaces) throw new Surprise('the answer has too many places');
    return places;
  }
}

export interface TypenamePlace {
  readonly name: string;
  readonly typename: string;
}

export function isTypename(place: Place | TypenamePlace): place is TypenamePlace {
  return 'typename' in place;
}

/** Where the arguments of one field come from: all but the values of variables is told once. */
class ArgumentSource {
  readonly #field: GraphQLField<unknown, unknown>;
  readonly #node: FieldNode;
  readonly #variables: readonly NeededVariable[];
  /** Null where no variable is mentioned, or what is wrong with the arguments is told at the field. */
  readonly #fill: Fill | null;
  readonly #fixed: Values;
  /** Names of those that the document itself has the values of. */
  readonly fixed: ReadonlySet<string>;

  constructor({ field, node }: Place) {
    const open = (node.arguments ?? []).filter(({ value }) => mentionsVariable(value));
    const names = new Set(open.map(({ name }) => name.value));
    const argumentsIn = (isOpen: boolean) => ({
      ...field,
      args: field.args.filter(({ name }) => names.has(name) === isOpen),
    });
    this.#node = node;
    this.#field = argumentsIn(true);
    this.#fixed = getArgumentValues(argumentsIn(false), node);
    this.fixed = new Set(Object.keys(this.#fixed));
    this.#variables = open.flatMap(({ name, value }) => {
      const type = field.args.find((one) => one.name === name.value)?.type;
      return neededIn(value, type !== undefined && !isNonNullType(type));
    });
    this.#fill = open.length === 0 ? null : this.#tellAll();
  }

  /** Throws what the executor would report at the field. */
  of(variables: Values): Values {
    if (this.#field.args.length === 0) return this.#fixed;
    if (this.#fill !== null && areGiven(this.#variables, variables)) return this.#fill(variables) as Values;
    return { ...this.#fixed, ...getArgumentValues(this.#field, this.#node, variables) };
  }

  /** Values of variables stay as they are, whatever stands around them. */
  #tellAll(): Fill | null {
    const holes = Object.fromEntries(this.#variables.map(({ name }) => [name, new Hole(name)]));
    try {
      return fillerOf({ ...this.#fixed, ...getArgumentValues(this.#field, this.#node, holes) });
    } catch (error) {
      if (error instanceof GraphQLError) return null;
      throw error;
    }
  }
}
