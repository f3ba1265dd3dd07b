import type { Field } from '@formwork/registry';

/**
 * How the values of a field type are read back and what is demanded of them. Two promises: a value that passes
 * `condition` breaks neither `value` nor the slots; and `value` never raises, whatever somebody has planted past the
 * triggers: what is no value of the type is null.
 */
export interface StoredType {
  /** SQL for the value in `data`; `key` is the storage key. */
  readonly fromData: (key: string) => string;
  /** SQL for the value in its slot, where the slot loses nothing and reading it is cheaper than reading `data`. */
  readonly fromSlot?: (slot: string) => string;
  /** jsonpath predicate (lax mode) for a value that is there; `path` is its accessor: `$."number"`. */
  readonly condition: (path: string, field: Field) => string;
}
