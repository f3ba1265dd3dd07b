import type { AggregateArguments, AggregateSelection } from './aggregate.ts';
import type { ConnectionArguments, ConnectionSelection } from './connection.ts';
import type { RecordSelection, Values } from './record.ts';

/** One root field of a query: what it reads and, by the `write` of its selections, how that stands in the answer. */
export type Question =
  | {
      readonly kind: 'record';
      readonly typeName: string;
      /** Of the unique key that the record is looked up by; null: by its id. */
      readonly keyName: string | null;
      readonly args: Values;
      readonly selection: RecordSelection;
    }
  | {
      /** Those with the `ids` of its arguments, in their order. */
      readonly kind: 'records';
      readonly typeName: string;
      readonly args: Values;
      readonly selection: RecordSelection;
    }
  | {
      readonly kind: 'connection';
      readonly typeName: string;
      readonly args: ConnectionArguments;
      readonly selection: ConnectionSelection;
    }
  | {
      readonly kind: 'aggregate';
      readonly typeName: string;
      readonly args: AggregateArguments;
      readonly selection: AggregateSelection;
    };

/** A question whose arguments are still to come: it belongs to a document, and all requests share it. */
export interface QuestionForm {
  readonly kind: Question['kind'];
  /** Of each field with arguments, the root field first: names of those whose values the document itself has. */
  readonly fixed: readonly ReadonlySet<string>[];
  /** The question with the arguments of those fields, in the same order. */
  readonly ask: (args: readonly Values[]) => Question;
}

/** Writes that are known before anything of them is done. */
export type WriteKind = 'create' | 'createMany' | 'update' | 'delete';
