import { type Change, type Problem, RegistryError } from '@formwork/registry';
import {
  applyChange,
  type ChangeRequest,
  checkChange,
  exportRegistry,
  loadTenantRegistry,
  RegistryConflictError,
  readHistory,
  saveUsage,
  verify,
} from '@formwork/registry-store';
import { airline } from './airline.ts';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

const apply = (tenantId: string, request: ChangeRequest, expectedVersion?: number) =>
  applyChange(setup.control, tenantId, request, { appliedBy: 'test', expectedVersion });

const check = (tenantId: string, request: ChangeRequest) => checkChange(setup.control, tenantId, request);

async function problemsOf(tenantId: string, request: ChangeRequest): Promise<readonly Problem[]> {
  return (await check(tenantId, request)).problems;
}

/** A tenant with airports, the first with a city, and its registry at version 1. */
async function tenantWithAirports(): Promise<string> {
  const tenantId = await setup.tenant();
  await setup.apply(tenantId, airline);
  await setup.write(tenantId, 'airport', { iata: 'AAA', city: 'Anaa' }, { iata: 'BER' });
  return tenantId;
}

const rename: readonly Change[] = [{ renameField: { entity: 'airport', field: 'city', to: 'town' } }];

test('a rename moves no data: no record is touched, none of the views made anew', async () => {
  const tenantId = await tenantWithAirports();
  const state = () =>
    setup.rows(
      'select id, version, data, xmin::text from formwork.records where tenant_id = $1 order by id',
      tenantId,
    );
  const [before, { registry }] = [await state(), await loadTenantRegistry(setup.control, tenantId)];
  const applied = await apply(tenantId, { changes: rename }, 1);
  expect(await state()).toEqual(before);
  expect(applied.version).toBe(2);
  const airport = applied.registry.entityByKey.get('airport');
  expect(airport?.viewName).toBe(registry?.entityByKey.get('airport')?.viewName);
  expect(airport?.fieldByKey.get('town')).toMatchObject({
    storageKey: 'city',
    aliases: [{ key: 'city', name: 'city', since: 2 }],
  });
});

test('what was applied is what is loaded, and its document changes nothing when it is applied again', async () => {
  const tenantId = await tenantWithAirports();
  const { registry } = await apply(tenantId, {
    changes: [
      ...rename,
      { renameEntity: { entity: 'airport', to: 'airfield' } },
      { deprecateField: { entity: 'flight', field: 'number', reason: 'Say code.' } },
    ],
  });
  const loaded = await loadTenantRegistry(setup.control, tenantId);
  expect(loaded.registry).toEqual(registry);
  const document = await exportRegistry(setup.control, tenantId);
  expect(await apply(tenantId, { document })).toMatchObject({ changed: false, version: 2 });
});

test('a preview changes nothing and says what would be', async () => {
  const tenantId = await tenantWithAirports();
  const { after, before, changes, backfill, version } = await check(tenantId, {
    changes: [...rename, { indexField: { entity: 'airport', field: 'iata' } }],
  });
  expect(before?.entityByKey.get('airport')?.fieldByKey.has('city')).toBe(true);
  expect(after?.entityByKey.get('airport')?.fieldByKey.has('town')).toBe(true);
  expect(changes.map(({ name, property }) => `${name} ${property}`)).toEqual([
    'airport.iata indexed',
    'airport.town key',
    'airport.town label',
    'airport.town aliases',
  ]);
  expect(backfill).toEqual([{ entity: 'airport', records: 2 }]);
  expect(version).toBe(1);
  expect((await loadTenantRegistry(setup.control, tenantId)).version).toBe(1);
});

test('records that break a rule are told at the change that makes it', async () => {
  const tenantId = await tenantWithAirports();
  const changes: readonly Change[] = [
    { renameField: { entity: 'airport', field: 'city', to: 'town' } },
    { changeField: { entity: 'airport', field: 'town', required: true } },
  ];
  const [problem, ...more] = await problemsOf(tenantId, { changes });
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ code: 'VALUES_MISSING', path: 'changes[1].changeField.required' });
  expect(problem?.message).toMatch(/^There is 1 record of "airport" without a value for "town"/);
  await expect(apply(tenantId, { changes })).rejects.toThrow('without a value');
  expect((await loadTenantRegistry(setup.control, tenantId)).version).toBe(1);
});

test('what records have against some changes is told together with what is wrong with others', async () => {
  const tenantId = await tenantWithAirports();
  const changes: readonly Change[] = [
    { renameField: { entity: 'airport', field: 'citty', to: 'town' } },
    { changeField: { entity: 'airport', field: 'city', required: true } },
    { changeType: { entity: 'airport', field: 'city', type: 'integer', newKey: 'number' } },
    { createEntity: { key: 'query', fields: [] } },
  ];
  const expected = [
    'FIELD_MISSING at changes[0].renameField.field',
    'NAME_RESERVED at changes[3].createEntity.key',
    'VALUES_DO_NOT_CONVERT at changes[2].changeType',
    'VALUES_MISSING at changes[1].changeField.required',
  ];
  const tell = (problems: readonly Problem[]) =>
    problems.map(({ code, path }) => `${code} at ${path}`).sort();
  expect(tell(await problemsOf(tenantId, { changes }))).toEqual(expected);
  const refused = await apply(tenantId, { changes }).catch((error: unknown) => error);
  expect(refused instanceof RegistryError && tell(refused.problems)).toEqual(expected);
  expect((await loadTenantRegistry(setup.control, tenantId)).version).toBe(1);
});

test('a stale version is refused', async () => {
  const tenantId = await tenantWithAirports();
  await apply(tenantId, { changes: rename }, 1);
  await expect(
    apply(tenantId, { changes: [{ relabelEntity: { entity: 'airport', label: 'Field' } }] }, 1),
  ).rejects.toThrow(RegistryConflictError);
});

test('the history tells what each version did', async () => {
  const tenantId = await tenantWithAirports();
  await apply(tenantId, { changes: rename });
  const [latest] = await readHistory(setup.control, tenantId, { first: 1, documents: false });
  expect(latest).toMatchObject({ version: 2, appliedBy: 'test' });
  expect(latest?.changes.map(({ message }) => message)).toContain(
    'Field "airport.town": key changed from "city" to "town".',
  );
});

test('a document of before a rename is the way back, and takes the new name from nobody who uses it', async () => {
  const tenantId = await tenantWithAirports();
  const document = await exportRegistry(setup.control, tenantId);
  await apply(tenantId, {
    changes: [...rename, { renameEntity: { entity: 'airport', to: 'airfield' } }],
  });
  const use = { client: 'app', clientVersion: '', operation: '', ways: ['selection'], uses: 1, age: 0 };
  await saveUsage(setup.control, tenantId, [
    { ...use, entityType: 'airport', field: '', name: 'airfield' },
    { ...use, entityType: 'airport', field: 'city', name: 'town' },
  ]);
  const problems = await problemsOf(tenantId, { document });
  expect(problems.map(({ code, message }) => `${code} ${message.split(' was used')[0]}`)).toEqual([
    'IN_USE The name "airfield" of "airfield"',
    'IN_USE The name "town" of "airfield.town"',
  ]);
  const { registry, leftBehind } = await applyChange(
    setup.control,
    tenantId,
    { document },
    { appliedBy: 'test', force: true },
  );
  expect(leftBehind).toEqual([]);
  const airport = registry.entityByKey.get('airport');
  expect(airport).toMatchObject({ storageKey: 'airport', aliases: [] });
  expect(airport?.fieldByKey.get('city')).toMatchObject({ storageKey: 'city', aliases: [] });
});

describe('undoing', () => {
  const citiesOf = async (tenantId: string) => {
    const { registry } = await loadTenantRegistry(setup.control, tenantId);
    const airport = registry?.entityByStorageKey.get('airport');
    const field = airport?.fieldByStorageKey.get('city');
    return { key: field?.key, aliases: field?.aliases.map(({ key }) => key) };
  };

  test('a rename brings the name back and keeps the new one as an alias', async () => {
    const tenantId = await tenantWithAirports();
    await apply(tenantId, { changes: rename });
    expect(await problemsOf(tenantId, { revert: 2 })).toEqual([]);
    await apply(tenantId, { revert: 2 }, 2);
    expect(await citiesOf(tenantId)).toEqual({ key: 'city', aliases: ['town'] });
    expect(await verify(setup.control, tenantId)).toEqual([]);
  });

  test('knows things by names that every object of JavaScript has', async () => {
    const tenantId = await setup.tenant();
    const fields = [
      { key: 'constructor', type: 'text' },
      { key: 'name', type: 'text' },
    ];
    await setup.apply(tenantId, documentOf({ key: 'constructor', fields }, { key: 'other', fields: [] }));
    await setup.write(tenantId, 'constructor', { constructor: 'a', name: 'b' });
    const { version } = await apply(tenantId, {
      changes: [{ renameEntity: { entity: 'other', to: 'another' } }],
    });
    const { registry } = await apply(tenantId, { revert: version });
    expect(registry.entityByKey.get('constructor')?.fieldByKey.get('constructor')).toMatchObject({
      storageKey: 'constructor',
    });
  });

  test('a rename that was contracted is refused', async () => {
    const tenantId = await tenantWithAirports();
    await apply(tenantId, { changes: rename });
    await apply(tenantId, { changes: [{ dropAlias: { entity: 'airport', field: 'town', alias: 'city' } }] });
    expect(await problemsOf(tenantId, { revert: 2 })).toEqual([
      {
        code: 'NOT_REVERTIBLE',
        path: 'version',
        message:
          '"airport.city" is called "town" by now, and its old name was given up since, so this cannot be undone. Rename it back.',
      },
    ]);
  });

  test('a removal brings the field back with its values and its index', async () => {
    const tenantId = await tenantWithAirports();
    const removal: readonly Change[] = [
      { changeEntity: { entity: 'airport', searchable: [] } },
      { removeField: { entity: 'airport', field: 'city', force: true } },
    ];
    const { leftBehind } = await apply(tenantId, { changes: removal });
    expect(leftBehind).toEqual([{ entity: 'airport', field: 'city', records: 1 }]);
    await apply(tenantId, { revert: 2 });
    expect(await citiesOf(tenantId)).toEqual({ key: 'city', aliases: [] });
    expect(await verify(setup.control, tenantId)).toEqual([]);
  });

  test('a removed entity comes back with its records, their slots filled', async () => {
    const tenantId = await setup.tenant();
    const notes = documentOf({
      key: 'note',
      fields: [{ key: 'title', type: 'text', unique: true, indexed: true }],
    });
    await setup.apply(tenantId, notes);
    await setup.write(tenantId, 'note', { title: 'First' });
    await apply(tenantId, { changes: [{ removeEntity: { entity: 'note', force: true } }] });
    await apply(tenantId, { revert: 2 });
    expect(
      await setup.rows('select t1, u1, data from formwork.records where tenant_id = $1', tenantId),
    ).toEqual([{ t1: 'first', u1: expect.any(String), data: { title: 'First' } }]);
    expect(await verify(setup.control, tenantId)).toEqual([]);
  });

  test('is refused where a link leads to what is gone by now', async () => {
    const tenantId = await setup.tenant();
    await setup.apply(
      tenantId,
      documentOf(
        { key: 'owner', fields: [{ key: 'name', type: 'text' }] },
        {
          key: 'pet',
          fields: [
            { key: 'owner', type: 'link', options: { target: 'owner' } },
            { key: 'name', type: 'text' },
          ],
        },
      ),
    );
    const [owner] = await setup.write(tenantId, 'owner', { name: 'Ada' });
    await setup.write(tenantId, 'pet', { owner, name: 'Rex' });
    await apply(tenantId, { changes: [{ removeField: { entity: 'pet', field: 'owner', force: true } }] });
    expect(await problemsOf(tenantId, { revert: 2 })).toEqual([]);
    await setup.plant('delete from formwork.records where id = $1', owner);
    expect((await problemsOf(tenantId, { revert: 2 })).map(({ code, path }) => `${code} at ${path}`)).toEqual(
      ['LINKS_DO_NOT_FIT at entities[1].fields[0]'],
    );
  });

  test('is refused for versions that there are not', async () => {
    const tenantId = await tenantWithAirports();
    for (const revert of [0, 2, -1, 1.5]) {
      expect(await problemsOf(tenantId, { revert })).toMatchObject([{ code: 'VERSION_UNKNOWN' }]);
    }
  });

  test('reaches no version of another tenant', async () => {
    const [mine, theirs] = [await tenantWithAirports(), await setup.tenant()];
    await setup.apply(theirs, documentOf({ key: 'secret', fields: [{ key: 'plan', type: 'text' }] }));
    await setup.apply(theirs, documentOf({ key: 'other', fields: [{ key: 'plan', type: 'text' }] }));
    expect(await problemsOf(mine, { revert: 2 })).toMatchObject([{ code: 'VERSION_UNKNOWN' }]);
    const { after } = await check(mine, { revert: 1 });
    expect(after?.entities).toEqual([]);
    expect((await check(theirs, { revert: 2 })).after?.entityByKey.has('secret')).toBe(true);
  });
});
