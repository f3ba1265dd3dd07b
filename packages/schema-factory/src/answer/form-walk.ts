import type { Values } from '@formwork/records';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  isNonNullType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { selectionSets } from '../selection.ts';
import { mentionsVariable } from '../selection-links.ts';
import type { SelectionWalk } from '../selection-walk.ts';
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

/** An argument that is a variable and nothing else. */
interface BareVariable {
  readonly argument: string;
  readonly variable: string;
  readonly isRequired: boolean;
}

/** Where the arguments of one field come from: those without a variable are told once. */
class ArgumentSource {
  readonly #fixed: Values;
  /** Null where a variable stands within an argument. */
  readonly #bare: readonly BareVariable[] | null;
  readonly #open: GraphQLField<unknown, unknown>;
  readonly #node: FieldNode;
  /** Names of those that the document itself has the values of. */
  readonly fixed: ReadonlySet<string>;

  constructor({ field, node }: Place) {
    const given = (node.arguments ?? []).filter(({ value }) => mentionsVariable(value));
    const open = new Set(given.map(({ name }) => name.value));
    this.#node = node;
    this.#open = { ...field, args: field.args.filter(({ name }) => open.has(name)) };
    this.#fixed = getArgumentValues(
      { ...field, args: field.args.filter(({ name }) => !open.has(name)) },
      node,
    );
    this.fixed = new Set(Object.keys(this.#fixed));
    const bare = given.flatMap(({ name, value }): BareVariable[] => {
      const type = field.args.find((one) => one.name === name.value)?.type;
      if (value.kind !== Kind.VARIABLE || type === undefined) return [];
      return [{ argument: name.value, variable: value.name.value, isRequired: isNonNullType(type) }];
    });
    this.#bare = bare.length === given.length ? bare : null;
  }

  /** Throws what the executor would report at the field. */
  of(variables: Values): Values {
    if (this.#open.args.length === 0) return this.#fixed;
    return (
      this.#ofBare(variables) ?? { ...this.#fixed, ...getArgumentValues(this.#open, this.#node, variables) }
    );
  }

  /** Variables have been made values of their types already. Null where one is missing, for what that means is told above. */
  #ofBare(variables: Values): Values | null {
    if (this.#bare === null) return null;
    const values: Record<string, unknown> = { ...this.#fixed };
    for (const { argument, variable, isRequired } of this.#bare) {
      const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      if (value === undefined || (value === null && isRequired)) return null;
      values[argument] = value;
    }
    return values;
  }
}
