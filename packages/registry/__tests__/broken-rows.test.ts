import {
  BrokenRegistryError,
  findBroken,
  loadRegistry,
  type StoredField,
  type StoredRegistry,
  toStoredRegistry,
} from '@formwork/registry';
import { withFields } from './changing.ts';
import { registryOf } from './designs.ts';

/* Rows that somebody has changed by hand. */

const stored = toStoredRegistry(
  registryOf(
    withFields(
      'flight',
      { key: 'city', type: 'lookup', options: { via: 'origin', field: 'city' } },
      { key: 'title', type: 'formula', options: { expression: 'number & " " & origin.city' } },
    ),
  ),
);

function failure(rows: StoredRegistry): BrokenRegistryError {
  try {
    loadRegistry(rows);
  } catch (error) {
    if (error instanceof BrokenRegistryError) return error;
    throw error;
  }
  throw new Error('It was loaded');
}

/** With other options of a field. */
function withOptions(key: string, options: unknown): StoredRegistry {
  const fields = stored.fields.map((row) =>
    row.key === key ? { ...row, options: options as StoredField['options'] } : row,
  );
  return { ...stored, fields };
}

test.each<readonly [string, StoredRegistry, string]>([
  ['a link to nowhere', withOptions('origin', { target: 'harbour' }), '"harbour"'],
  ['a target that is no text', withOptions('origin', { target: 7 }), '"target" must be text'],
  ['options that are a list', withOptions('origin', []), 'must be an object'],
  ['options that are null', withOptions('status', null), 'must be an object'],
  ['choices that are none', withOptions('status', { choices: 5 }), '"choices" must be a list'],
  ['a lookup over no link', withOptions('city', { via: 'fare', field: 'city' }), '"fare"'],
  [
    'an entity that is gone',
    {
      ...stored,
      entityTypes: stored.entityTypes.filter(({ key }) => key !== 'airport'),
      fields: stored.fields.filter(({ entityType }) => entityType !== 'airport'),
      uniqueKeys: stored.uniqueKeys.filter(({ entityType }) => entityType !== 'airport'),
    },
    '"airport"',
  ],
])('%s makes no registry, and it is said what is wrong and where', (_, rows, reason) => {
  const problems = findBroken(failure(rows));
  expect(problems[0]?.path).toMatch(/^entities\[/);
  expect(problems.map(({ message }) => message).join('\n')).toContain(reason);
});

test('of rows that a document could say the error itself is told', () => {
  const error = new BrokenRegistryError(stored, new Error('Something else.'));
  expect(findBroken(error)).toEqual([
    { code: 'REGISTRY_BROKEN', path: '', message: 'It cannot be read: Something else.' },
  ]);
  // Logs write an error's own properties.
  expect(Object.keys(error)).not.toContain('stored');
});
