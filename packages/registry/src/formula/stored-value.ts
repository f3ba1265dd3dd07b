import type { FieldType } from '../document.ts';
import type { Computation, FieldComputation } from './computation.ts';
import type { ScopeField } from './computed-scope.ts';

/** What is stored is read as any other field. */
export function storedValue({ name, slot }: ScopeField, type: FieldType): FieldComputation {
  return { kind: 'field', field: name, fieldType: type, slot, as: 'column' };
}

/** Why a value cannot be stored: it would change without a write to its record. Null where it can. */
export function reasonNotToStore(value: Computation): string | null {
  switch (value.kind) {
    case 'through':
      return 'reads other records: it can use what stands in the record itself, its rollups among it.';
    case 'call':
      return value.name === 'now' || value.name === 'today'
        ? `uses ${value.name}(), and so changes with time.`
        : (value.arguments.map(reasonNotToStore).find((reason) => reason !== null) ?? null);
    default:
      return null;
  }
}
