import type { FieldType } from './document.ts';
import type { Field } from './model.ts';

/** The type that the values of a field are read and shown as: of a lookup or formula, the type of what it gives. */
export function resultType({ type, computed }: Field): FieldType {
  return computed?.type ?? type;
}
