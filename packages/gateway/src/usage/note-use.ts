import { longestName } from '@formwork/registry-store';
import { isIntrospection } from '../operations/introspection.ts';
import type { OperationParams, PreparedOperation } from '../operations/prepare.ts';
import type { Visit } from '../visit.ts';
import { countUses } from './count-uses.ts';
import type { UsingClient } from './usage-ledger.ts';
import { type UsedThing, usedThingsOf } from './used-things.ts';
import { findGivenNames, findWrittenNames } from './written-names.ts';

/** Counts an operation that runs, at once, so that it is known who uses what of the tenant's design. */
export async function noteUse(
  visit: Visit,
  params: OperationParams,
  prepared: PreparedOperation,
): Promise<void> {
  const { document, operation, refused } = prepared;
  if (refused !== null || isIntrospection(document, operation)) return;
  const view = visit.view();
  const { registry, schema, tenantId } = view instanceof Promise ? await view : view;
  const written = findWrittenNames(schema, document, params.operationName);
  const used = usedThingsOf(registry);
  const given: [string, readonly UsedThing[]][] = [];
  for (const name of findGivenNames(written, params.variables)) given.push([name, used.ofName(name)]);
  visit.services.usage.note(tenantId, whoUses(visit, prepared), used.ofOperation(written), given);
}

/**
 * Writes down that an operation which is about to run, perhaps again, uses what is being taken away: from the mark on that
 * is known before the answer is. It is counted with all others too: once more than it ran.
 */
export async function noteClosingUse(
  visit: Visit,
  { operationName, variables }: OperationParams,
  prepared: PreparedOperation,
): Promise<void> {
  const { closing } = visit.caller;
  const { document, operation, refused } = prepared;
  if (closing.length === 0 || refused !== null || isIntrospection(document, operation)) return;
  const { registry, schema, tenantId } = await visit.view();
  const written = findWrittenNames(schema, document, operationName);
  const used = usedThingsOf(registry);
  const given = [...findGivenNames(written, variables)].flatMap((name) => used.ofName(name));
  const things = [...used.ofOperation(written), ...given];
  const by = whoUses(visit, prepared);
  const uses = countUses([{ by, things, uses: 1, lastUsedAt: Date.now(), given: new Map() }]);
  await visit.services.closings.note(tenantId, closing, uses);
}

function whoUses({ caller, client }: Visit, { operation }: PreparedOperation): UsingClient {
  return {
    client: client?.name ?? caller.subject.slice(0, longestName),
    clientVersion: client?.version ?? '',
    operation: operation?.name?.value.slice(0, longestName) ?? '',
    role: caller.role,
  };
}
