import { join } from 'node:path';
import { GraphQLError } from 'graphql';

/** As Jest makes one for each test file. */
async function openRealm(variables: object): Promise<{ teardown(): Promise<void> }> {
  const { default: OneRealm } = await import(join(import.meta.dirname, '../one-realm.mjs'));
  return new OneRealm({ projectConfig: { testEnvironmentOptions: { variables } } });
}

test('what a test file leaves behind is put back after it', async () => {
  const realm = await openRealm({ FORMWORK_GIVEN: 'by a project' });
  expect(process.env.FORMWORK_GIVEN).toBe('by a project');
  const { setImmediate } = globalThis;
  const listener = () => {};
  process.env.FORMWORK_LEFT = 'behind';
  process.on('SIGUSR2', listener);
  Object.assign(globalThis, { leftBehind: true, setImmediate: () => {} });
  await realm.teardown();
  expect([process.env.FORMWORK_GIVEN, process.env.FORMWORK_LEFT]).toEqual([undefined, undefined]);
  expect(process.listeners('SIGUSR2')).not.toContain(listener);
  expect(globalThis.setImmediate).toBe(setImmediate);
  expect('leftBehind' in globalThis).toBe(false);
});

test('what dependencies make is of the classes that tests know', () => {
  expect(new GraphQLError('x')).toBeInstanceOf(Error);
});
