import { type Entity, mayWrite, quote, type Registry } from '@formwork/registry';
import { RecordError, type Values } from '../contract.ts';
import { createdIn } from '../validate/created-in.ts';
import { targetOf } from '../validate/link-schema.ts';
import type { InputPath } from '../validate/violation.ts';
import type { Permissions } from './permissions.ts';

/**
 * Throws FORBIDDEN where an input gives a field that the caller may not write, or creates in a link what it may not
 * create. Most of it is not in the caller's schema; but an upsert has one input for two deeds, and nobody has to come
 * by way of a schema.
 */
export function assertGiven(
  registry: Registry,
  permissions: Permissions,
  entity: Entity,
  action: 'create' | 'update',
  path: InputPath,
  input: Values,
): void {
  if (permissions.isWhole) return;
  permissions.assertMay(action, entity);
  const seen = permissions.seen(entity);
  for (const [name, value] of Object.entries(input)) {
    const field = entity.fieldByName.get(name);
    // What there is not is told by the validation.
    if (value === undefined || field === undefined) continue;
    if (seen === undefined || !mayWrite(seen, action, field))
      throw forbiddenField(entity, action, [...path, name]);
    if (field.type !== 'link' && field.type !== 'links') continue;
    for (const [created, at] of createdIn(value, [...path, name]))
      assertGiven(registry, permissions, targetOf(registry, field), 'create', at, created);
  }
}

function forbiddenField({ label }: Entity, action: 'create' | 'update', path: InputPath): RecordError {
  const when = action === 'create' ? 'given when one is created' : 'changed';
  const message = `${quote(String(path.at(-1)))} of "${label}" cannot be ${when} with this role.`;
  return new RecordError('FORBIDDEN', message, { path });
}
