import { sweepViews } from '@formwork/registry-store';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});

afterAll(() => setup.close());

const design = (key: string) => documentOf({ key, fields: [{ key: 'a', type: 'text' }] });
const views = async () =>
  (await setup.rows(`select viewname from pg_views where schemaname = 'formwork_views'`)).map(
    (row) => row.viewname,
  );

test('drops a view when its last user has left it for longer than the grace', async () => {
  const [one, two] = [await setup.tenant(), await setup.tenant()];
  const { registry } = await setup.apply(one, design('shared'));
  await setup.apply(two, design('shared'));
  const [name] = registry.entities.map(({ viewName }) => viewName);
  await setup.apply(one, documentOf());
  expect(await sweepViews(setup.control, { grace: 0 })).toEqual([]);
  await setup.apply(two, documentOf());
  expect(await sweepViews(setup.control)).toEqual([]);
  expect(await views()).toEqual([name]);
  expect(await sweepViews(setup.control, { grace: 0 })).toEqual([name]);
  expect(await views()).toEqual([]);
});

test('keeps a view that is taken up again', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, design('again'));
  const { registry } = await setup.apply(
    tenant,
    documentOf({
      key: 'again',
      fields: [
        { key: 'a', type: 'text' },
        { key: 'b', type: 'text' },
      ],
    }),
  );
  await setup.apply(tenant, design('again'));
  const dropped = await sweepViews(setup.control, { grace: 0 });
  expect(dropped).toEqual(registry.entities.map(({ viewName }) => viewName));
  expect(await views()).toHaveLength(1);
});

test('drops the views of a tenant that is gone', async () => {
  const tenant = await setup.tenant();
  const { registry } = await setup.apply(tenant, design('orphan'));
  await setup.rows('delete from formwork.tenants where id = $1', tenant);
  expect(await sweepViews(setup.control)).toEqual(registry.entities.map(({ viewName }) => viewName));
});

test('leaves a view that somebody is reading to the next sweep', async () => {
  const tenant = await setup.tenant();
  const { registry } = await setup.apply(tenant, design('busy'));
  const [name] = registry.entities.map(({ viewName }) => viewName);
  await setup.apply(tenant, documentOf());
  await setup.dataPlane.write(tenant, 2, async (transaction) => {
    await transaction.run([{ text: `select id from formwork_views.${name}`, values: [] }]);
    expect(await sweepViews(setup.control, { grace: 0 })).toEqual([]);
  });
  expect(await sweepViews(setup.control, { grace: 0 })).toEqual([name]);
});
