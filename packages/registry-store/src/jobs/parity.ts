import { type ControlPlane, type SqlFragment, type TransactionSql, sql as text } from '@formwork/pg';
import type { Field, Registry } from '@formwork/registry';
import { type ConvertedPair, compileParity, conversionsOf } from '@formwork/view-compiler';
import { type Finding, findRecords } from '../find-records.ts';
import { readCurrent } from '../read-registry.ts';

/** How alike a field and the one that takes its place are, derived anew from the records. */
export interface ParityReport {
  /** Storage keys of the entity and of the new field. */
  readonly entityType: string;
  readonly field: string;
  readonly state: 'filling' | 'ready';
  /** Living records whose two values are not what the other comes to: those not filled yet are among them. */
  readonly differences: Finding | null;
  /** Those of them whose old value has no counterpart. */
  readonly misfits: Finding | null;
}

/** The fields of the tenant that are being replaced, each compared with the one that takes its place. */
export function readParity(control: ControlPlane, tenantId: string): Promise<readonly ParityReport[]> {
  return control.withTenant(tenantId, async (sql) => {
    const { registry } = await readCurrent(sql);
    const reports: ParityReport[] = [];
    for (const pair of registry?.entities.flatMap(conversionsOf) ?? []) {
      const { entity, target, state } = pair;
      const found = { differences: await findDifferences(sql, pair), misfits: await findMisfits(sql, pair) };
      reports.push({ entityType: entity.storageKey, field: target.storageKey, state, ...found });
    }
    return reports;
  });
}

/** Records of the pair whose values are not alike. */
export function findDifferences(sql: TransactionSql, pair: ConvertedPair): Promise<Finding | null> {
  const { source, differs } = compileParity(pair);
  return findRecords(sql, where(source, differs), text`r.id`);
}

/** Records of the pair whose old value has no counterpart. */
export function findMisfits(sql: TransactionSql, pair: ConvertedPair): Promise<Finding | null> {
  const { source, isMisfit } = compileParity(pair);
  return findRecords(sql, where(source, isMisfit), text`r.id`);
}

function where(source: string, condition: string): SqlFragment {
  return text`${text.raw(source)} where ${text.raw(condition)}`;
}

/** The pair that a new field belongs to, while there is one. */
export function pairOf(
  registry: Registry | null,
  entityType: string,
  field: Field['storageKey'],
): ConvertedPair | null {
  const entity = registry?.entityByStorageKey.get(entityType);
  return (entity && conversionsOf(entity).find(({ target }) => target.storageKey === field)) ?? null;
}
