import { type Entity, type Field, fieldTypeRule, type Registry } from '@formwork/registry';
import { targetOf } from './compile-entity-storage.ts';

/** A row of formwork.link_rules; all of its names are storage keys. */
export interface LinkRuleRow {
  readonly entityType: string;
  readonly field: string;
  readonly target: string;
  /** Null for links to many. */
  readonly slot: string | null;
  readonly onDelete: 'restrict' | 'cascade' | 'set_null';
}

/** What happens to each link (of all entities, or of those given) when the record that it leads to is deleted. */
export function compileLinkRules(
  registry: Registry,
  entities: readonly Entity[] = registry.entities,
): readonly LinkRuleRow[] {
  return entities.flatMap((entity) =>
    entity.fields.filter(isLink).map((field) => ({
      entityType: entity.storageKey,
      field: field.storageKey,
      target: targetOf(registry, field),
      slot: field.slot?.column ?? null,
      onDelete: field.options.onDelete ?? (fieldTypeRule(field.type).slot === 'l' ? 'restrict' : 'set_null'),
    })),
  );
}

function isLink({ type }: Field): boolean {
  return type === 'link' || type === 'links';
}
