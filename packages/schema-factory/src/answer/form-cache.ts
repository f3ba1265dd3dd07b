import { GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { type Info, SelectionWalk } from '../selection-walk.ts';
import { Surprise } from './surprise.ts';

interface Entry<Form> {
  readonly decidedBy: ReadonlyMap<string, unknown>;
  /** Null where the executor has to do it. */
  readonly form: Form | null;
}

/** Combinations of @skip and @include that are remembered for one operation. */
const mostEntries = 16;

/** What operations were read as, once for the same outcome of their directives. */
export class FormCache<Form> {
  readonly #read: (walk: SelectionWalk, operation: OperationDefinitionNode) => Form;
  /** By schema, because one parsed document may serve several; then by the operation, which lives as long as its document. */
  readonly #known = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Entry<Form>[]>>();

  /** `read`: throws `Surprise`, or a GraphQLError, where the executor has to do it. */
  constructor(read: (walk: SelectionWalk, operation: OperationDefinitionNode) => Form) {
    this.#read = read;
  }

  /** Null where the executor has to do it. */
  get(info: Info, operation: OperationDefinitionNode): Form | null {
    const entries = this.#entriesOf(info.schema, operation);
    const found = entries.find(({ decidedBy }) => isDecidedAlike(decidedBy, info));
    if (found !== undefined) return found.form;
    const walk = new SelectionWalk(info);
    const form = this.#readOrNull(walk, operation);
    entries.push({ decidedBy: walk.decidedBy, form });
    if (entries.length > mostEntries) entries.shift();
    return form;
  }

  #readOrNull(walk: SelectionWalk, operation: OperationDefinitionNode): Form | null {
    try {
      return this.#read(walk, operation);
    } catch (error) {
      if (error instanceof Surprise || error instanceof GraphQLError) return null;
      throw error;
    }
  }

  #entriesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): Entry<Form>[] {
    let operations = this.#known.get(schema);
    if (operations === undefined) {
      operations = new WeakMap();
      this.#known.set(schema, operations);
    }
    let entries = operations.get(operation);
    if (entries === undefined) {
      entries = [];
      operations.set(operation, entries);
    }
    return entries;
  }
}

function isDecidedAlike(decidedBy: ReadonlyMap<string, unknown>, { variableValues }: Info): boolean {
  for (const [name, value] of decidedBy) if (variableValues[name] !== value) return false;
  return true;
}
