/**
 * What a design computes are functions that we generate, and they run as whoever writes: also as the role that fills many new
 * records at once, which may write slots. If somebody got other code into one, it would get no further there.
 */
import { type DatabaseError, literal } from '@formwork/pg';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let tenant: string;
let neighbour: string;

const document = {
  formwork: 1,
  entities: [
    {
      key: 'thing',
      fields: [
        { key: 'name', type: 'text', indexed: true },
        { key: 'size', type: 'integer' },
        { key: 'note', type: 'formula', options: { expression: 'trim(name)', stored: true } },
      ],
    },
  ],
};

beforeAll(async () => {
  setup = await setUp();
  tenant = await setup.tenant();
  neighbour = await setup.tenant();
  for (const one of [tenant, neighbour]) await setup.apply(one, document);
  await setup.write(neighbour, 'thing', { name: 'theirs' });
});
afterAll(() => setup.close());

/** Puts other code into the function that computes, which both tenants share. */
async function plant(body: string): Promise<void> {
  const [row] = await setup.rows(
    'select formulas as name from formwork.entity_storage where tenant_id = $1',
    tenant,
  );
  await setup.rows(`create or replace function formwork_views.${row?.['name']}(data jsonb) returns jsonb
    language plpgsql stable as ${literal(`begin ${body} end`)}`);
}

const ways = [
  ['one by one', 'write'],
  ['at once', 'writeAtOnce'],
] as const;

describe.each(ways)('what is computed %s', (way, write) => {
  const attempt = async (body: string) => {
    await plant(body);
    return setup[write](tenant, 'thing', { name: way }, { name: way }).then(
      () => null,
      ({ sqlstate }: DatabaseError) => sqlstate,
    );
  };
  const note = (value: string) => `return jsonb_build_object('note', (${value})::text);`;

  test('sees its own tenant, as the role that writes', async () => {
    const theirs = `select count(*) filter (where r.data ->> 'name' = 'theirs') from formwork.records r`;
    expect(await attempt(note(`select current_user || ' ' || (${theirs})`))).toBeNull();
    const notes = await setup.rows(
      `select distinct data ->> 'note' as note from formwork.records where tenant_id = $1 and data ->> 'name' = $2`,
      tenant,
      way,
    );
    expect(notes).toEqual([{ note: `formwork_${write === 'write' ? 'gateway' : 'writer'} 0` }]);
    const there = await setup.rows(
      `select data ->> 'name' as name from formwork.records where tenant_id = $1`,
      neighbour,
    );
    expect(there).toEqual([{ name: 'theirs' }]);
  });

  test.each([
    [
      'writes no slots',
      `insert into formwork.records (entity_type, data, t1) values ('thing', '{}', 'x');`,
      '0A000',
    ],
    ['changes no record', `update formwork.records set data = '{}';`, '0A000'],
    ['deletes nothing', 'delete from formwork.records;', '0A000'],
    ['draws no numbers', 'update formwork.autonumbers set next_number = 1;', '0A000'],
    ["reads no keys of the designer's", 'perform from formwork.job_queue;', '42501'],
    ['becomes nobody', 'set local role formwork_owner;', '0A000'],
    ['makes nothing', 'create table formwork_views.t ();', '0A000'],
  ])('%s', async (_, statement, sqlstate) => {
    expect(await attempt(`${statement} ${note("'x'")}`)).toBe(sqlstate);
  });
});
