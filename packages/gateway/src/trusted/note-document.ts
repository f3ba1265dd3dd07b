import { isIntrospection } from '../operations/introspection.ts';
import type { Operation } from '../operations/operation.ts';

/** Has the document of an operation that is about to run recorded. Questions about the schema are tools' and not clients'. */
export function noteDocument({ visit, params, prepared }: Operation): void {
  const { document, operation, refused } = prepared;
  if (refused !== null || isIntrospection(document, operation)) return;
  visit.services.recorder.note(visit, params.query, document);
}
