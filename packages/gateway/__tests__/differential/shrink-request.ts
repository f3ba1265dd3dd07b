import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { Request } from './subject.ts';

const mostTries = 400;

/** The request with all taken away that `fails` does not need: one selection, argument or part of an input after another. */
export async function shrinkRequest(
  request: Request,
  fails: (smaller: Request) => Promise<boolean>,
): Promise<Request> {
  let smallest = request;
  let tries = 0;
  for (let at = 0; tries < mostTries; tries += 1) {
    const smaller = without(smallest, at);
    if (smaller === null) break;
    // What comes after it stands in its place.
    if (smaller.query !== smallest.query && (await fails(smaller))) smallest = smaller;
    else at += 1;
  }
  return smallest;
}

/** Without the part of that number, the largest first; null where there are not so many. */
function without(request: Request, at: number): Request | null {
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch {
    return null;
  }
  let count = -1;
  const removed: DocumentNode = visit(document, {
    enter: (node, _key, parent) => {
      if (!isRemovable(node, parent)) return undefined;
      count += 1;
      return count === at ? null : undefined;
    },
  });
  return count < at ? null : { ...request, query: print(tidied(removed)) };
}

function isRemovable(node: ASTNode, parent: unknown): boolean {
  switch (node.kind) {
    case Kind.FIELD:
    case Kind.INLINE_FRAGMENT:
    case Kind.FRAGMENT_SPREAD:
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
    case Kind.DIRECTIVE:
      return true;
    default:
      return node.kind === Kind.OBJECT && Array.isArray(parent);
  }
}

/** Empty selections say `__typename`; fragments and variables that nothing uses go. */
function tidied(document: DocumentNode): DocumentNode {
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;
  const filled: DocumentNode = visit(document, {
    SelectionSet: {
      leave: (node): SelectionSetNode | undefined =>
        node.selections.length === 0 ? { ...node, selections: [typename] } : undefined,
    },
  });
  const used = new Set<string>();
  for (const definition of filled.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) follow(filled, definition, used);
  }
  const definitions = filled.definitions.filter(
    (one) => one.kind !== Kind.FRAGMENT_DEFINITION || used.has(`...${one.name.value}`),
  );
  return visit(
    { ...filled, definitions },
    {
      VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? undefined : null),
    },
  );
}

/** Names of the fragments and variables that are used from here on. */
function follow(document: DocumentNode, from: DefinitionNode, used: Set<string>): void {
  visit(from, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      used.add(`$${name.value}`);
    },
    FragmentSpread: ({ name }) => {
      if (used.has(`...${name.value}`)) return;
      used.add(`...${name.value}`);
      const fragment = document.definitions.find(
        (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name.value,
      );
      if (fragment) follow(document, fragment, used);
    },
  });
}
