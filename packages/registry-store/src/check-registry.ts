import type { ControlPlane } from '@formwork/pg';
import {
  diffRegistriesInSteps,
  inSteps,
  type Problem,
  type Registry,
  type RegistryChange,
  RegistryError,
  type Steps,
} from '@formwork/registry';
import type { ChangeRequest } from './change-request.ts';
import { findLeftBehind, type LeftBehind } from './left-behind.ts';
import { type PlanOptions, planChange } from './plan-change.ts';
import { readCurrent } from './read-registry.ts';
import type { Backfill } from './too-many-to-fill.ts';

/** What applying a document would do, as far as can be said without doing it. */
export interface CheckedChange {
  /** Of the registry that it was checked against. */
  readonly version: number;
  /** None: it can be applied. */
  readonly problems: readonly Problem[];
  readonly changes: readonly RegistryChange[];
  readonly leftBehind: readonly LeftBehind[];
  /** Records that applying it would touch, while the tenant's writers wait. */
  readonly backfill: readonly Backfill[];
  /** The registry as it is; null before the first. */
  readonly before: Registry | null;
  /** The registry as it would be; null where that cannot be said. */
  readonly after: Registry | null;
  /** Of a list: what so many of its changes come to; null where they make no sense by themselves. */
  readonly partOf: (count: number) => Steps<Registry | null>;
}

/** Checks a document: see {@link checkChange}. */
export function checkRegistry(
  control: ControlPlane,
  tenantId: string,
  document: unknown,
  options: PlanOptions = {},
): Promise<CheckedChange> {
  return checkChange(control, tenantId, { document }, options);
}

/** Checks what is asked for against the tenant's registry and records. Changes nothing, and stops no writer. */
export function checkChange(
  control: ControlPlane,
  tenantId: string,
  request: ChangeRequest,
  options: PlanOptions = {},
): Promise<CheckedChange> {
  return control.withTenant(tenantId, async (sql) => {
    const current = await readCurrent(sql);
    try {
      const { registry, problems, backfill, partOf } = await planChange(sql, current, request, options);
      return {
        version: current.version,
        problems,
        changes: await inSteps(diffRegistriesInSteps(current.registry, registry)),
        leftBehind: await findLeftBehind(sql, current.registry, registry),
        backfill,
        before: current.registry,
        after: registry,
        partOf,
      };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const { version, registry: before } = current;
      const nothing = { changes: [], leftBehind: [], backfill: [], after: null, partOf: noPart };
      return { version, problems: error.problems, before, ...nothing };
    }
  });
}

// biome-ignore lint/correctness/useYield: there is nothing to be done
function* noPart(): Steps<null> {
  return null;
}
