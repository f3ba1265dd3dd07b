import { checkFormula } from './check-formula.ts';
import { isComputed, type ScopeEntity } from './computed-scope.ts';
import { FormulaError } from './formula-error.ts';
import { parseFormula } from './parse-formula.ts';
import { fieldsOnPath, referencesOf } from './references.ts';
import type { Resolution } from './resolved-field.ts';
import type { Typed } from './typed.ts';

interface ResolvedExpression extends Pick<Typed, 'type' | 'value'> {
  /** One more than that of the highest computed field in it. */
  readonly level: number;
}

/**
 * An expression over the fields of an entity. Null where it makes no sense, which `refuse` hears, or where it uses a
 * field with a problem.
 */
export function resolveExpression(
  resolution: Resolution,
  entity: ScopeEntity,
  expression: string,
  refuse: (code: string, message: string) => null,
): ResolvedExpression | null {
  try {
    // First of all what it uses: checking goes deep by itself, and takes for granted what the operands are.
    const level = resolveUsed(resolution, entity, expression);
    if (level === null) {
      return null;
    }
    const { type, value } = checkFormula(expression, entity, resolution.operands);
    return { type, value, level };
  } catch (error) {
    if (!(error instanceof FormulaError)) {
      throw error;
    }
    return refuse(error.code, error.message);
  }
}

/** The level of the expression, or null where a field in it is unresolved. */
function resolveUsed({ scope, resolve }: Resolution, entity: ScopeEntity, expression: string): number | null {
  let level = 1;
  for (const { path } of referencesOf(parseFormula(expression))) {
    const names = path.map(({ name }) => name);
    const [owner, used] = fieldsOnPath(scope, entity, names).at(-1) ?? [];
    if (!owner || !used) {
      continue;
    }
    const inner = isComputed(used) ? resolve(owner, used) : undefined;
    if (used.type === null || inner === null) {
      return null;
    }
    level = Math.max(level, 1 + (inner?.level ?? 0));
  }
  return level;
}
