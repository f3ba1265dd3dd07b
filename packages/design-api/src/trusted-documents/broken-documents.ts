import { setImmediate } from 'node:timers/promises';
import type { RecordedUse } from '@formwork/registry-store';
import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import type { DocumentStore, StoredDocument } from './document-store.ts';
import { mostProblems, operationNames, sentenceOf } from './read-document.ts';

/** A trusted document that runs now and would not any more. */
export interface BrokenDocument extends Pick<StoredDocument, 'hash' | 'ids' | 'name' | 'recordedBy'> {
  /** Why not. */
  readonly problems: readonly string[];
  /** Who lately sent operations of its names. */
  readonly clients: readonly string[];
}

export interface ComparedSchemas {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
}

/** Documents told of at most: by then it is known that this breaks clients. */
export const mostBroken = 100;

/** Documents read at a time. */
const page = 200;

/** Trusted documents that fit the schema of now and not the one of then, by hash. Those that fit neither are no worse off. */
export async function findBrokenDocuments(
  { before, after }: ComparedSchemas,
  list: DocumentStore['list'],
  uses: readonly RecordedUse[],
): Promise<readonly BrokenDocument[]> {
  const broken: BrokenDocument[] = [];
  for (let last = ''; ; ) {
    const documents = await list({ first: page, after: last });
    for (const one of documents) {
      const document = parsed(one);
      const problems = document ? problemsOf(after, document) : [];
      if (document && problems.length > 0 && problemsOf(before, document).length === 0) {
        broken.push(describe(one, document, problems, uses));
      }
      if (broken.length === mostBroken) return broken;
      // There may be thousands, and others are waiting.
      await setImmediate();
    }
    last = documents.at(-1)?.hash ?? '';
    if (documents.length < page) return broken;
  }
}

/** Null for what is no GraphQL, and so runs in no schema. */
function parsed({ document }: StoredDocument): DocumentNode | null {
  try {
    return parse(document);
  } catch {
    return null;
  }
}

function problemsOf(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  return validate(schema, document, undefined, { maxErrors: mostProblems }).map(sentenceOf);
}

function describe(
  { hash, ids, name, recordedBy }: StoredDocument,
  document: DocumentNode,
  problems: readonly string[],
  uses: readonly RecordedUse[],
): BrokenDocument {
  const operations = new Set(operationNames(document));
  const clients = uses.filter(({ operation }) => operations.has(operation)).map(({ client }) => client);
  return { hash, ids, name, recordedBy, problems, clients: [...new Set(clients)].sort() };
}
