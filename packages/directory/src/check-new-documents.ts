import type { TransactionSql } from '@formwork/pg';
import { hashOfDocument, parseDocumentId } from './document-id.ts';
import { quote } from './quote.ts';
import { measureDocuments, mostCharacters } from './record-documents.ts';

/** A document that is to be trusted. Whether it fits the tenant's schema was seen to by whoever knows that. */
export interface NewDocument {
  readonly document: string;
  readonly name: string;
  /** What the client's tools call it; null: its hash is enough. */
  readonly id: string | null;
}

export interface Entry extends NewDocument {
  readonly hash: string;
}

/** What is wrong with one of a list; `index` says with which. */
export interface DocumentProblem {
  readonly index: number;
  readonly message: string;
}

/** What can be said of a document without looking at others. */
export function checkAlone({ document, id }: NewDocument, index: number): DocumentProblem[] {
  const problem = (message: string) => [{ index, message }];
  if (document.trim() === '') return problem('The document is empty.');
  if (/\0|\p{Surrogate}/u.test(document)) {
    return problem(
      'The document holds a character that cannot be stored (NUL, or half of a surrogate pair).',
    );
  }
  if (id === null) return [];
  const parsed = parseDocumentId(id);
  if (parsed === null) {
    return problem(`${quote(id)} is no id: it has 1 to 200 characters, of ASCII, without spaces.`);
  }
  if (parsed.isHash && parsed.text !== hashOfDocument(document)) {
    return problem(
      `The id ${quote(id)} looks like the sha256 of the document and is not: that is "${hashOfDocument(document)}".`,
    );
  }
  return [];
}

/** Whether the tenant may have so many more. */
export async function checkRoom(
  sql: TransactionSql,
  fresh: readonly NewDocument[],
  limit: number,
): Promise<readonly DocumentProblem[]> {
  const { count, characters } = await measureDocuments(sql);
  const total = fresh.reduce((sum, { document }) => sum + document.length, characters);
  const problem = (message: string) => [{ index: -1, message }];
  if (count + fresh.length > limit) {
    return problem(
      `The tenant would trust ${count + fresh.length} documents; at most ${limit} are allowed ` +
        '(FORMWORK_TRUSTED_DOCUMENTS). Remove those that nobody sends any more.',
    );
  }
  if (total > mostCharacters) {
    return problem(
      `The tenant's trusted documents would have ${total} characters together; at most ${mostCharacters} are allowed.`,
    );
  }
  return [];
}

/** An id stands for one document, here and in what is stored. */
export async function checkIds(
  sql: TransactionSql,
  entries: readonly Entry[],
): Promise<readonly DocumentProblem[]> {
  const ids = customIds(entries).map(({ id }) => id);
  const rows = await sql<{ id: string; hash: string }[]>`
    select id, hash from formwork.trusted_document_ids where id = any(${ids}::text[])`;
  const taken = new Map(rows.map(({ id, hash }) => [id, hash]));
  return entries.flatMap(({ id, hash }, index) => {
    if (id === null) return [];
    const other = taken.get(id) ?? hash;
    taken.set(id, other);
    if (other === hash) return [];
    return [{ index, message: `The id ${quote(id)} stands for another document: that of hash "${other}".` }];
  });
}

/** Those that are not what the document is kept by anyway. */
export function customIds(
  entries: readonly Entry[],
): readonly { readonly id: string; readonly hash: string }[] {
  return entries.flatMap(({ id, hash }) =>
    id === null || parseDocumentId(id)?.isHash === true ? [] : [{ id, hash }],
  );
}
