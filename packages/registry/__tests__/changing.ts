import {
  applyChanges,
  type Change,
  type FieldDocument,
  type Registry,
  type RegistryDocument,
} from '@formwork/registry';
import { airline, registryOf } from './designs.ts';

/* Lists of changes of airports and flights. */

export const current = registryOf(airline);

export function applied(changes: readonly Change[], before: Registry | null = current) {
  const result = applyChanges(before, changes);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2));
  return result;
}

/** "CODE at path" of each problem. */
export function problemsOf(
  changes: readonly unknown[],
  before: Registry | null = current,
): readonly string[] {
  const result = applyChanges(before, changes as readonly Change[]);
  return 'problems' in result ? result.problems.map(({ code, path }) => `${code} at ${path}`) : [];
}

export function messagesOf(
  changes: readonly unknown[],
  before: Registry | null = current,
): readonly string[] {
  const result = applyChanges(before, changes as readonly Change[]);
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
}

/** The design with more fields in one of its entities. */
export function withFields(key: 'airport' | 'flight', ...fields: readonly FieldDocument[]): RegistryDocument {
  return {
    ...airline,
    entities: airline.entities.map((entity) =>
      entity.key === key ? { ...entity, fields: [...entity.fields, ...fields] } : entity,
    ),
  };
}

/** How many flights depart: by the way back of their origin. */
export const countOfFlights: FieldDocument = {
  key: 'flights',
  type: 'rollup',
  options: { via: 'departures', function: 'count' },
};

/** A rule over the same way back. */
export const departing = { departures: { some: { number: { eq: 'FW1' } } } };

/** Both, the rule as that of a role. */
export const counting = registryOf({
  ...withFields('airport', countOfFlights),
  roles: [{ key: 'agent', permissions: [{ entity: 'airport', read: { where: departing } }] }],
});
