import type { Computation } from '@formwork/registry';

/** Storage keys of what a computation reads of the record at hand. */
export function ownFields(value: Computation): readonly string[] {
  switch (value.kind) {
    case 'field':
      return [value.field];
    case 'through':
      return [value.link];
    case 'call':
      return value.arguments.flatMap(ownFields);
    default:
      return [];
  }
}

/** The computation over `data` alone: where it runs there are no slots yet, and it should not depend on which there are. */
export function withoutSlots(value: Computation): Computation {
  switch (value.kind) {
    case 'field':
      return { ...value, slot: null };
    case 'call':
      return { ...value, arguments: value.arguments.map(withoutSlots) };
    default:
      return value;
  }
}
