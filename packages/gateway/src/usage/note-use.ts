import { longestName } from '@formwork/registry-store';
import { isIntrospection } from '../operations/introspection.ts';
import type { OperationParams, PreparedOperation } from '../operations/prepare.ts';
import type { Visit } from '../visit.ts';
import { findGivenNames, findWrittenNames } from './written-names.ts';

/** Counts an operation that is about to run, so that it is known who uses what of the tenant's design. */
export async function noteUse(
  visit: Visit,
  { operationName, variables }: OperationParams,
  { document, operation, refused }: PreparedOperation,
): Promise<void> {
  if (refused !== null || isIntrospection(document, operation)) return;
  const { registry, schema, tenantId } = await visit.view();
  const written = findWrittenNames(schema, document, operationName);
  const { caller, client, services } = visit;
  const by = {
    client: client?.name ?? caller.subject.slice(0, longestName),
    clientVersion: client?.version ?? '',
    operation: operation.name?.value.slice(0, longestName) ?? '',
    role: caller.role,
  };
  services.usage.note(tenantId, by, registry, written, findGivenNames(written, variables));
}
