import { type DocumentMode, type ListedDocument, listTrustedDocuments } from '@formwork/directory';
import type { Installation } from '../with-installation.ts';

export const modes: Readonly<Record<DocumentMode, string>> = {
  off: 'any document runs',
  record: 'any document runs, and each that runs becomes a trusted one',
  enforce: 'trusted documents alone run',
};

/** One document has up to a hundred thousand characters. */
const page = 500;

/** All trusted documents of a tenant. */
export async function readAll(
  { control }: Installation,
  tenantId: string,
): Promise<readonly ListedDocument[]> {
  const all: ListedDocument[] = [];
  for (;;) {
    const next = await listTrustedDocuments(control, tenantId, {
      first: page,
      after: all.at(-1)?.hash ?? '',
    });
    all.push(...next);
    if (next.length < page) return all;
  }
}

export function countOf(count: number): string {
  return count === 1 ? '1 document' : `${count} documents`;
}
