import { type TransactionSql, sql as text } from '@formwork/pg';
import type { Entity, Registry } from '@formwork/registry';
import { compileLinkRules } from '@formwork/view-compiler';
import { findRecords } from '../find-records.ts';
import { type Drift, driftOf } from './drift.ts';

/** Links that lead nowhere, to a record of another entity, or from a living record to a deleted one. */
export async function verifyLinks(
  sql: TransactionSql,
  registry: Registry,
  entity: Entity,
): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  for (const { entityType, field, target, slot } of compileLinkRules(registry, [entity])) {
    const name = entity.fieldByStorageKey.get(field)?.key ?? field;
    const wrong = text`(t.id is null or t.entity_type <> ${target}
      or (t.deleted_at is not null and s.deleted_at is null))`;
    const found = slot
      ? await findRecords(
          sql,
          text`from formwork.records s left join formwork.records t on t.id = s.${text.identifier(slot)}
            where s.entity_type = ${entityType} and s.${text.identifier(slot)} is not null and ${wrong}`,
          text`s.id`,
        )
      : await findRecords(
          sql,
          text`from formwork.record_links l
            left join formwork.records s on s.id = l.source_id left join formwork.records t on t.id = l.target_id
            where l.entity_type = ${entityType} and l.field = ${field}
              and (s.id is null or s.entity_type <> ${entityType} or ${wrong})`,
          text`l.source_id`,
        );
    const message = `Links that do not lead to a living record of "${registry.entityByStorageKey.get(target)?.key}".`;
    drifts.push(...driftOf('link', entity.key, name, found, message));
  }
  return drifts;
}
