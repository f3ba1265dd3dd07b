import { type DocumentNode, type FragmentDefinitionNode, Kind } from 'graphql';

const known = new WeakMap<DocumentNode, Record<string, FragmentDefinitionNode>>();

/** The fragments of a document by name, as the executor has them; the same object each time. */
export function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const before = known.get(document);
  if (before !== undefined) return before;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  known.set(document, fragments);
  return fragments;
}
