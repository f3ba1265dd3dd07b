import type { ControlPlane } from '@formwork/pg';
import { diffRegistries, type Problem, type RegistryChange, RegistryError } from '@formwork/registry';
import { findLeftBehind, type LeftBehind } from './left-behind.ts';
import { type PlanOptions, planChange } from './plan-change.ts';
import { readCurrent } from './read-registry.ts';

/** What applying a document would do, as far as can be said without doing it. */
export interface CheckedChange {
  /** Of the registry that it was checked against. */
  readonly version: number;
  /** None: it can be applied. */
  readonly problems: readonly Problem[];
  readonly changes: readonly RegistryChange[];
  readonly leftBehind: readonly LeftBehind[];
}

/** Checks a document against the tenant's registry and records. Changes nothing, and stops no writer. */
export function checkRegistry(
  control: ControlPlane,
  tenantId: string,
  input: unknown,
  options: PlanOptions = {},
): Promise<CheckedChange> {
  return control.withTenant(tenantId, async (sql) => {
    const current = await readCurrent(sql);
    try {
      const { registry, problems } = await planChange(sql, current, input, options);
      return {
        version: current.version,
        problems,
        changes: diffRegistries(current.registry, registry),
        leftBehind: await findLeftBehind(sql, current.registry, registry),
      };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return { version: current.version, problems: error.problems, changes: [], leftBehind: [] };
    }
  });
}
