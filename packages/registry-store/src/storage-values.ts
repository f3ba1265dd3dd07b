import { textArray } from '@formwork/pg';
import type { EntityStorageRow, KeyPart } from '@formwork/view-compiler';

/** The columns of formwork.entity_storage behind its key, in one order, with each value in Postgres' text form. */
export function storageValues(
  row: EntityStorageRow,
): readonly { name: string; type: string; value: string | null }[] {
  const [u1 = null, u2 = null, u3 = null, u4 = null] = row.uniqueKeys;
  return [
    { name: 'shape', type: 'jsonpath', value: row.shape },
    { name: 'checks', type: 'jsonb', value: JSON.stringify(row.checks) },
    { name: 'text_keys', type: 'text[]', value: textArray(row.textKeys) },
    { name: 'text_exact', type: 'boolean[]', value: booleanArray(row.textExact) },
    { name: 'number_keys', type: 'text[]', value: textArray(row.numberKeys) },
    { name: 'time_keys', type: 'text[]', value: textArray(row.timeKeys) },
    { name: 'u1', type: 'text[]', value: partsArray(u1) },
    { name: 'u2', type: 'text[]', value: partsArray(u2) },
    { name: 'u3', type: 'text[]', value: partsArray(u3) },
    { name: 'u4', type: 'text[]', value: partsArray(u4) },
    { name: 'nulls_equal', type: 'boolean[]', value: booleanArray(row.nullsEqual) },
    { name: 'link_keys', type: 'text[]', value: textArray(row.linkKeys) },
    { name: 'link_targets', type: 'text[]', value: textArray(row.linkTargets) },
    { name: 'autonumbers', type: 'text[]', value: textArray(row.autonumbers) },
    { name: 'soft_delete', type: 'boolean', value: String(row.softDelete) },
    { name: 'transitions', type: 'jsonb', value: row.transitions && JSON.stringify(row.transitions) },
    { name: 'search_keys', type: 'text[]', value: row.searchKeys && textArray(row.searchKeys) },
    { name: 'formulas', type: 'text', value: row.formulas },
    { name: 'formula_keys', type: 'text[]', value: textArray(row.formulaKeys) },
    { name: 'rollup_keys', type: 'text[]', value: textArray(row.rollupKeys) },
    { name: 'no_rollups', type: 'jsonb', value: JSON.stringify(row.noRollups) },
    { name: 'is_rolled_up', type: 'boolean', value: String(row.isRolledUp) },
    { name: 'conversions', type: 'text', value: row.conversions },
    { name: 'converted_keys', type: 'text[]', value: textArray(row.convertedKeys) },
    // Said again by the job that is about to switch; a change of the registry in between makes it begin anew.
    { name: 'strict_conversions', type: 'text[]', value: '{}' },
  ];
}

/** A unique slot's parts as `{{kind, storage key}, …}`; null where the slot is free. */
export function partsArray(parts: readonly KeyPart[] | null): string | null {
  return parts && `{${parts.map(textArray).join(',')}}`;
}

function booleanArray(values: readonly boolean[]): string {
  return `{${values.join(',')}}`;
}
