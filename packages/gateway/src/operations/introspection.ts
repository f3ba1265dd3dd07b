import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A result that brings its own text along; both lanes send that instead of making it again. */
export interface TextResult extends ExecutionResult {
  readonly stringify?: () => string;
}

const known = new WeakMap<OperationDefinitionNode, boolean>();

/** Whether an operation asks for the schema and nothing else, and would be answered alike whoever asks. */
export function isIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const found = readsSchemaAlone(document, operation);
  known.set(operation, found);
  return found;
}

function readsSchemaAlone(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if ((operation.variableDefinitions ?? []).length > 0) return false;
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  return asksForSchema(operation.selectionSet, fragments);
}

function asksForSchema(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  return set.selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__');
    if (selection.kind === Kind.INLINE_FRAGMENT) return asksForSchema(selection.selectionSet, fragments);
    const fragment = fragments.get(selection.name.value);
    return fragment !== undefined && asksForSchema(fragment.selectionSet, fragments);
  });
}
