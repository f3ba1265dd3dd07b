import type { GivenDocument } from '@formwork/design-api';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import { readDocument, readText } from '../read-document.ts';
import type { Terminal } from '../terminal.ts';

/** A document with where it came from, for messages. */
export interface SourcedDocument extends GivenDocument {
  readonly source: string;
}

const formats =
  'It must be an object of ids and documents (Relay, graphql-codegen), a manifest of Apollo, a list of documents, or what "formwork documents list --json" gives';

/** The documents of a file: one, to the letter, of a `.graphql`; those of a `.json` in any form that clients' tools write. */
export async function readDocumentsFile(
  terminal: Terminal,
  path: string,
): Promise<readonly SourcedDocument[]> {
  if (/\.(graphql|gql)$/i.test(path)) {
    return [{ document: await readText(terminal, path), id: null, source: path }];
  }
  if (path !== '-' && !/\.json$/i.test(path)) {
    throw new Failure(`${quote(path)} is neither a .graphql file nor a .json file.`);
  }
  return entriesOf(await readDocument(terminal, path), path);
}

function entriesOf(value: unknown, path: string): readonly SourcedDocument[] {
  if (Array.isArray(value)) return fromList(value, path);
  if (typeof value !== 'object' || value === null) throw unknownFormat(path);
  const { operations, documents } = value as Readonly<Record<string, unknown>>;
  // Apollo's manifest, and our own list. A map of ids has texts and no lists.
  if (Array.isArray(operations)) return fromList(operations, path);
  if (Array.isArray(documents)) return fromList(documents, path);
  return Object.entries(value).map(([id, document]) => {
    if (typeof document !== 'string') throw unknownFormat(path);
    return { document, id, source: `${path}: ${quote(id)}` };
  });
}

function fromList(list: readonly unknown[], path: string): readonly SourcedDocument[] {
  return list.flatMap((one, index) => fromEntry(one, `${path}: [${index}]`));
}

/** One document; as often as it has ids, where it has several. */
function fromEntry(value: unknown, source: string): readonly SourcedDocument[] {
  if (typeof value === 'string') return [{ document: value, id: null, source }];
  const { id, ids, document, body, query } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const text = document ?? body ?? query;
  const names = Array.isArray(ids) && ids.length > 0 ? ids : [id ?? null];
  return names.map((name: unknown) => {
    if (typeof text !== 'string' || (name !== null && typeof name !== 'string')) throw unknownFormat(source);
    return { document: text, id: name, source };
  });
}

function unknownFormat(place: string): Failure {
  return new Failure(`${quote(place)} holds no documents in a form that is known. ${formats}.`);
}
