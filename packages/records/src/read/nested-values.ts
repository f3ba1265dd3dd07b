import type {
  AggregateArguments,
  AggregateNode,
  AggregateSelection,
  ConnectionArguments,
  ConnectionNode,
  ConnectionSelection,
  LinkSelection,
  RecordNode,
  RecordSelection,
  Values,
} from '../contract.ts';
import { isSameSelection } from './selection-key.ts';

export type Nested = RecordNode | ConnectionNode | readonly AggregateNode[] | null;

/** What is asked for behind one link. */
export class Asked {
  readonly #field: string;
  readonly #selection: RecordSelection | ConnectionSelection | AggregateSelection;
  readonly #args: Arguments | null;
  #argsText: string | undefined;

  constructor(
    field: string,
    selection: RecordSelection | ConnectionSelection | AggregateSelection,
    args: Arguments | null = null,
  ) {
    this.#field = field;
    this.#selection = selection;
    this.#args = args;
  }

  static of({ field, record, connection, aggregate }: LinkSelection): Asked {
    if (record !== undefined) return new Asked(field, record);
    const many = connection ?? aggregate;
    if (many === undefined) throw new Error(`Nothing is selected of the link "${field}"`);
    return new Asked(field, many.selection, many.args);
  }

  isLike(other: Asked): boolean {
    return (
      this.#field === other.#field &&
      isSameSelection(this.#selection, other.#selection) &&
      (this.#args === other.#args || this.#argumentsText === other.#argumentsText)
    );
  }

  /** The executor makes arguments anew for each record, so they are compared as text. */
  get #argumentsText(): string {
    this.#argsText ??= JSON.stringify(this.#args);
    return this.#argsText;
  }
}

type Arguments = ConnectionArguments | AggregateArguments;

/** A record as it was read, with what was read behind its links. */
export class ReadRecord implements RecordNode {
  readonly typeName: string;
  readonly id: string;
  readonly values: Values;
  readonly #asked: readonly Asked[];
  readonly #nested: readonly Nested[];

  constructor(
    typeName: string,
    id: string,
    values: Values,
    asked: readonly Asked[],
    nested: readonly Nested[],
  ) {
    this.typeName = typeName;
    this.id = id;
    this.values = values;
    this.#asked = asked;
    this.#nested = nested;
  }

  /** Undefined where nothing was read. What is asked for is of one kind, which tells the type. */
  static nestedIn<T extends Nested>(node: RecordNode, asked: Asked): T | undefined {
    if (!(node instanceof ReadRecord) || node.#asked.length === 0) return undefined;
    const at = node.#asked.findIndex((known) => known.isLike(asked));
    return at < 0 ? undefined : (node.#nested[at] as T);
  }
}
