import type { Choice } from '../document.ts';
import { quote } from '../quote.ts';
import type { Operands } from './check-formula.ts';
import type { Computation, Computed, FormulaType } from './computation.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';

/** What is known of a computed field whose definition makes sense. */
export interface ResolvedField extends Computed {
  /** Of a formula, what it is inside another one; of a lookup null: that is up to the field that it shows. */
  readonly formulaType: FormulaType | null;
  readonly choices: readonly Choice[];
  /** How many computed fields stand behind each other. */
  readonly level: number;
}

export type ComputedOption = 'expression' | 'via' | 'field' | 'stored' | 'function' | 'filter';

/** Told of each field that makes no sense; `option` says where. */
export type ReportComputed = (
  entity: ScopeEntity,
  field: ScopeField,
  problem: {
    readonly code: string;
    readonly option: ComputedOption;
    readonly message: string;
  },
) => void;

/** What resolving one field needs of the others. */
export interface Resolution {
  readonly scope: ComputedScope;
  readonly operands: Operands;
  readonly report: ReportComputed;
  /** Another computed field, or null where it has a problem. */
  resolve(entity: ScopeEntity, field: ScopeField): ResolvedField | null;
}

/** All that is computed for a value, whether on writing or on reading. */
export function whole({ value, stored }: ResolvedField): Computation {
  return (stored?.kind === 'formula' ? stored.value : stored?.filter) ?? value;
}

/** How a message begins that speaks of the field. */
export function titleOf({ type, key }: ScopeField): string {
  return `The ${type ?? 'field'} ${quote(key)}`;
}
