import type { Registry } from '@formwork/registry';
import type { RecordNode } from './contract.ts';

/**
 * Names of the choices that may follow the one that the record has, in the designer's order; all others
 * where the field has no transitions. Postgres decides when it is written (sql/008), by the same rule.
 */
export function allowedTransitions(
  registry: Registry,
  parent: RecordNode,
  fieldName: string,
): readonly string[] {
  const field = registry.entityByTypeName.get(parent.typeName)?.fieldByName.get(fieldName);
  if (field?.type !== 'select') throw new Error(`"${parent.typeName}" has no select "${fieldName}".`);
  const { initial, transitions } = field.options;
  const state = field.choices.find(({ name }) => name === parent.values[fieldName]);
  const allowed = state === undefined ? initial : transitions && following(transitions, state.key);
  const choices = field.choices.filter(
    (choice) => choice !== state && (allowed?.includes(choice.key) ?? true),
  );
  return choices.map(({ name }) => name);
}

/** A state may be called as what every object inherits ("constructor"). */
function following(
  transitions: Readonly<Record<string, readonly string[]>>,
  state: string,
): readonly string[] {
  return (Object.hasOwn(transitions, state) ? transitions[state] : undefined) ?? [];
}
