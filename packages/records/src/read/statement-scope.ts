import { type SqlFragment, sql } from '@formwork/pg/sql-text';
import type { Entity, Registry } from '@formwork/registry';
import { RecordError } from '../contract.ts';
import type { ReadLimits } from './limits.ts';
import type { ReadContext } from './read-context.ts';

/** What belongs to one statement while it is written: names that are used once, and how much has been asked for. */
export class StatementScope {
  readonly registry: Registry;
  readonly limits: ReadLimits;
  /** What the best plan is depends on the tenant and the values: true once anything but records by their ids is read. */
  nestsLists = false;
  #aliases = 0;
  #conditions = 0;
  #nestedSelects = 0;
  #nestedRecords = 0;

  constructor(registry: Registry, limits: ReadLimits) {
    this.registry = registry;
    this.limits = limits;
  }

  /** Named by number and not by entity, so that tenants of one plan shape have one SQL text. */
  alias(): SqlFragment {
    this.#aliases += 1;
    return sql.identifier(`r${this.#aliases}`);
  }

  /** Throws LIMIT_EXCEEDED when a filter is larger or deeper than is worth planning. */
  countCondition(depth: number): void {
    this.#conditions += 1;
    const { conditions, depth: deepest } = this.limits;
    if (this.#conditions > conditions) {
      throw new RecordError('LIMIT_EXCEEDED', `A filter may have at most ${conditions} conditions.`, {
        limit: conditions,
      });
    }
    if (depth > deepest) {
      throw new RecordError('LIMIT_EXCEEDED', `A filter may be nested at most ${deepest} levels deep.`, {
        limit: deepest,
      });
    }
  }

  /** Whether one more sub-select that may give so many records still fits into the statement. */
  reserveNested(records: number): boolean {
    const { nestedSelects, nestedRecords } = this.limits;
    if (this.#nestedSelects + 1 > nestedSelects || this.#nestedRecords + records > nestedRecords)
      return false;
    this.#nestedSelects += 1;
    this.#nestedRecords += records;
    return true;
  }

  /** The entity with that key; the registry has checked that it is there. */
  entity(key: string | undefined): Entity {
    const entity = this.registry.entityByKey.get(key ?? '');
    if (entity === undefined) throw new Error(`The registry has no entity "${key}"`);
    return entity;
  }

  entityByStorageKey(storageKey: string): Entity {
    const entity = this.registry.entityByStorageKey.get(storageKey);
    if (entity === undefined) throw new Error(`The registry has no entity stored as "${storageKey}"`);
    return entity;
  }
}

/** The scope of a new statement. */
export function newScope({ registry, limits }: Pick<ReadContext, 'registry' | 'limits'>): StatementScope {
  return new StatementScope(registry, limits);
}
