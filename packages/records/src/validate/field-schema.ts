import type { Field, Registry } from '@formwork/registry';
import { linkSchema, linksSchema, targetOf } from './link-schema.ts';
import type { Audience, JsonSchema, WriteOperation } from './schema-types.ts';
import { valueSchema } from './value-schema.ts';

/** Schema of a field as it stands in an input; null for a field that clients do not write. */
export function fieldSchema(
  registry: Registry,
  field: Field,
  audience: Audience,
  operation: WriteOperation,
): JsonSchema | null {
  switch (field.type) {
    case 'link':
      return linkSchema(targetOf(registry, field), audience);
    case 'links':
      return linksSchema(targetOf(registry, field), audience, operation);
    default:
      return valueSchema(field, audience);
  }
}
