import type { Problem } from '@formwork/registry';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import type { GivenDocument, LargestDocument, NamedDocument } from './document-store.ts';
import { mostProblems, operationNames, sentenceOf } from './read-document.ts';

export type CheckedDocuments =
  | { readonly documents: readonly NamedDocument[] }
  | { readonly problems: readonly Problem[] };

/**
 * Whether every document is GraphQL that fits the tenant's schema, and what its operations are called. What a role may
 * not see, and how much may be asked for at once, is decided when it runs.
 */
export function checkDocuments(
  schema: GraphQLSchema,
  given: readonly GivenDocument[],
  largest: LargestDocument,
): CheckedDocuments {
  const problems: Problem[] = [];
  const documents = given.map(({ document, id }, index): NamedDocument => {
    const checked = checkDocument(schema, document, largest);
    if (typeof checked === 'string') return { document, id, name: checked };
    problems.push(...checked.map((message) => problemOf(index, message)));
    return { document, id, name: '' };
  });
  return problems.length > 0 ? { problems } : { documents };
}

/** A problem of the document at that place of the list; -1: of the list. */
export function problemOf(index: number, message: string): Problem {
  return { code: 'DOCUMENT_INVALID', path: index < 0 ? 'documents' : `documents[${index}]`, message };
}

/** Its name, or what is wrong with it. */
function checkDocument(
  schema: GraphQLSchema,
  text: string,
  { maxDocument, maxTokens }: LargestDocument,
): string | readonly string[] {
  if (text.length > maxDocument) {
    return [
      `The document has ${text.length} characters; at most ${maxDocument} may be sent (FORMWORK_MAX_DOCUMENT).`,
    ];
  }
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens });
  } catch (error) {
    return [sentenceOf(error as GraphQLError)];
  }
  if (!document.definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION))
    return ['The document has no operation: there is nothing that could run.'];
  const errors = validate(schema, document, undefined, { maxErrors: mostProblems });
  if (errors.length > 0) return errors.map(sentenceOf);
  return operationNames(document).join(', ').slice(0, 200);
}
