import type { FieldOptions, FieldType } from '../document.ts';
import { mapExpression } from './map-expression.ts';

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
  return mapExpression(expression, start, {
    field: (entity, name) => renaming.get(entity)?.get(name)?.name ?? name,
    target: (entity, name) => renaming.get(entity)?.get(name)?.target,
  });
}
