import type { FieldOptions, FieldType } from '../document.ts';
import { keywords, parseFormula } from './parse-formula.ts';
import { referencesOf } from './references.ts';
import type { ReferenceStep } from './syntax.ts';

/** What the fields of each entity (by its key) are to be called, by what they are called in the options at hand. */
export type Renaming = ReadonlyMap<string, ReadonlyMap<string, RenamedField>>;

export interface RenamedField {
  readonly name: string;
  /** Of a link to one: key of the entity that it leads to. */
  readonly target: string | undefined;
  /** Of links to many and of ways back: key of the entity at the other end. */
  readonly many?: string | undefined;
}

/**
 * The options of a field of the entity with the names of other fields replaced. Rows hold storage keys and documents
 * hold keys, so renaming a field leaves what computes with it as it is. The rest of an expression is not touched.
 */
export function renameReferences(
  type: FieldType,
  options: FieldOptions,
  entity: string,
  renaming: Renaming,
): FieldOptions {
  if (type === 'formula' && options.expression !== undefined) {
    return { ...options, expression: renameExpression(options.expression, entity, renaming) };
  }
  if (type === 'lookup' && options.via !== undefined && options.field !== undefined) {
    const via = renaming.get(entity)?.get(options.via);
    const shown = renaming.get(via?.target ?? '')?.get(options.field);
    return { ...options, via: via?.name ?? options.via, field: shown?.name ?? options.field };
  }
  if (type === 'rollup' && options.via !== undefined) {
    const via = renaming.get(entity)?.get(options.via);
    const source = via?.many ?? '';
    const rolled = renaming.get(source)?.get(options.field ?? '');
    return {
      ...options,
      via: via?.name ?? options.via,
      ...(rolled && { field: rolled.name }),
      ...(options.filter !== undefined && { filter: renameExpression(options.filter, source, renaming) }),
    };
  }
  return options;
}

function renameExpression(expression: string, start: string, renaming: Renaming): string {
  const steps = referencesOf(parseFormula(expression)).flatMap(({ path }) =>
    renamePath(path, start, renaming),
  );
  // From the end, so that offsets before it stay what they are.
  return steps.reduceRight(
    (text, { start: from, end, written }) => text.slice(0, from) + written + text.slice(end),
    expression,
  );
}

function renamePath(path: readonly ReferenceStep[], start: string, renaming: Renaming) {
  let entity: string | undefined = start;
  return path.flatMap(({ name, start: from, end }, index) => {
    const field: RenamedField | undefined = renaming.get(entity ?? '')?.get(name);
    entity = field?.target;
    // Brackets are kept where they may be needed, and go where they were not.
    const written = field && (index === 0 && keywords.has(field.name) ? `[${field.name}]` : field.name);
    return written === undefined || written === name ? [] : [{ start: from, end, written }];
  });
}
