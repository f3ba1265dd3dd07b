import { FormulaError } from './formula-error.ts';
import { keywords, parseFormula } from './parse-formula.ts';
import { referencesOf } from './references.ts';
import type { ReferenceStep } from './syntax.ts';

/** What an expression's steps over fields mean, by keys of entities and fields. */
interface ExpressionNames {
  /** What the field is to be called. */
  field(entity: string, name: string): string;
  /** The entity behind a link, where it is one. */
  target(entity: string, name: string): string | undefined;
}

/** The expression with its fields called otherwise; the rest of it is not touched. One that cannot be read stays as it is. */
export function mapExpression(expression: string, start: string, names: ExpressionNames): string {
  const steps = pathsOf(expression).flatMap((path) => mapPath(path, start, names));
  // From the end, so that offsets before it stay what they are.
  return steps.reduceRight(
    (text, { start: from, end, written }) => text.slice(0, from) + written + text.slice(end),
    expression,
  );
}

function pathsOf(expression: string): readonly (readonly ReferenceStep[])[] {
  try {
    return referencesOf(parseFormula(expression)).map(({ path }) => path);
  } catch (error) {
    if (error instanceof FormulaError) return [];
    throw error;
  }
}

function mapPath(path: readonly ReferenceStep[], start: string, names: ExpressionNames) {
  let entity: string | undefined = start;
  return path.flatMap(({ name, start: from, end }, index) => {
    if (entity === undefined) return [];
    const mapped = names.field(entity, name);
    entity = names.target(entity, name);
    if (mapped === name) return [];
    return [{ start: from, end, written: index === 0 && keywords.has(mapped) ? `[${mapped}]` : mapped }];
  });
}
