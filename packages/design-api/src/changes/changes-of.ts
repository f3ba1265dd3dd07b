import type { Change } from '@formwork/registry';
import type { ChangeInput } from './change-input.ts';

/**
 * The changes of an operation. GraphQL has seen to it that they have the form of their inputs, and what they say is
 * checked where they are applied; between the two only the types of JSON options and of choices differ.
 */
export function changesOf(inputs: readonly (typeof ChangeInput.$inferInput)[]): readonly Change[] {
  return inputs as readonly unknown[] as readonly Change[];
}
