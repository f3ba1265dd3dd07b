import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import type { Reference, Syntax } from './syntax.ts';

/** All references of an expression, in their order. */
export function referencesOf(syntax: Syntax): readonly Reference[] {
  switch (syntax.kind) {
    case 'reference':
      return [syntax];
    case 'call':
      return syntax.arguments.flatMap(referencesOf);
    default:
      return [];
  }
}

/** The entity that a link to one leads to; null for other fields, and where it leads to nothing that is there. */
export function targetOf({ entities }: ComputedScope, field: ScopeField | undefined): ScopeEntity | null {
  return field?.type === 'link' ? (entities.get(field.options.target ?? '') ?? null) : null;
}

/** The fields that a path goes over, as far as they are there. */
export function fieldsOnPath(
  scope: ComputedScope,
  start: ScopeEntity,
  names: readonly string[],
): readonly (readonly [ScopeEntity, ScopeField])[] {
  const found: (readonly [ScopeEntity, ScopeField])[] = [];
  let entity: ScopeEntity | null = start;
  for (const name of names) {
    const field: ScopeField | undefined = entity?.fields.get(name);
    if (!entity || !field) {
      break;
    }
    found.push([entity, field]);
    entity = targetOf(scope, field);
  }
  return found;
}
