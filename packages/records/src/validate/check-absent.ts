import { type Entity, type Field, quote } from '@formwork/registry';
import { subject } from './describe-error.ts';
import { requiredCopies, requiredTwins } from './json-schema.ts';
import type { PreparedInput } from './prepare-input.ts';
import type { WriteOperation } from './schema-types.ts';
import type { InputPath, Violation } from './violation.ts';

export type Report = (violation: Violation) => void;

/**
 * Null is "no value": for a required field that is refused, on create as on update, and no default steps in. Links to
 * many are not a value that could be taken away: whether null leaves them or empties them nobody could tell.
 */
export function checkCleared(
  entity: Entity,
  operation: WriteOperation,
  path: InputPath,
  { cleared }: PreparedInput,
  report: Report,
): void {
  const reason = operation === 'create' ? 'is required. Give a value.' : 'is required and cannot be cleared.';
  for (const name of cleared) {
    const field = entity.fieldByName.get(name);
    if (field?.type === 'links' && operation === 'update') {
      const message = `${subject(entity, [name])} cannot be null. To take all links away, give { "set": [] }.`;
      report({ path: [...path, name], code: 'TYPE', message });
    }
    if (field?.required !== true) continue;
    report({ path: [...path, name], code: 'REQUIRED', message: `${subject(entity, [name])} ${reason}` });
  }
}

type Twins = ReturnType<typeof requiredTwins>;

const knownTwins = new WeakMap<Entity, Twins>();

export function twinsOf(entity: Entity): Twins {
  const twins = knownTwins.get(entity) ?? requiredTwins(entity, 'create');
  knownTwins.set(entity, twins);
  return twins;
}

/** Of a field and the one that takes its place in another type, one has to be given where they are required. */
export function checkTwins(
  twins: Twins,
  entity: Entity,
  path: InputPath,
  { values, cleared }: PreparedInput,
  report: Report,
): void {
  for (const pair of twins) {
    const [{ name }] = pair as [Field];
    if (pair.some((field) => Object.hasOwn(values, field.name) || cleared.has(field.name))) continue;
    const message = `${subject(entity, [name])} is required. Give a value.`;
    report({ path: [...path, name], code: 'REQUIRED', message });
  }
}

/** Where no link is given, nothing can be copied through it. */
export function checkCopied(
  entity: Entity,
  path: InputPath,
  { values, cleared }: PreparedInput,
  report: Report,
): void {
  for (const [{ name }, link] of requiredCopies(entity)) {
    const isGiven = Object.hasOwn(values, name) || cleared.has(name) || Object.hasOwn(values, link.name);
    // A link that is required is missing itself.
    if (isGiven || link.required) continue;
    const message = `${subject(entity, [name])} is required, and without ${quote(link.label)} there is none to copy. Give a value.`;
    report({ path: [...path, name], code: 'REQUIRED', message });
  }
}
