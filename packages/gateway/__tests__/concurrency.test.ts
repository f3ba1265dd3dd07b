import { asAdmin, postgresVersions } from '@formwork/testkit';
import { codesOf, type GraphqlAnswer, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { brokenPromises, findBroken, nextStates, warehouse } from './warehouse.ts';

jest.setTimeout(300_000);

/** Two gateways of 25 connections each: what one process might keep in order by itself is not kept by the other. */
describe.each(postgresVersions)('many writers at once, on %s', (_, openDatabase) => {
  if (openDatabase === undefined) return test.skip('…', () => {});
  let harness: Harness;
  let gateways: readonly TestGateway[];
  let tenant: TestTenant;
  let turn = 0;

  beforeAll(async () => {
    harness = await Harness.open(await openDatabase());
    await harness.lookForDeadlocksAfter('100ms');
    tenant = await harness.tenant('depot', warehouse);
    // On a machine that is busy with more than this, nobody is to run out of time.
    const config = { poolSize: 25, logLevel: 'silent' as const, requestTimeout: 240_000 };
    gateways = [await harness.gateway(config), await harness.gateway(config)];
  });
  afterEach(async () => {
    expect(await asAdmin(harness.database, findBroken)).toEqual({});
  });
  afterAll(() => harness.close());

  test('race for one unique value: one wins, and the others are told who has it', async () => {
    const answers = await atOnce(50, (writer) => {
      const code = writer % 2 === 0 ? 'race-1' : 'RACE-1';
      return create({ code, note: `${writer}` });
    });
    const winners = answers.flatMap(({ data }) => (data ? [crateIn(data).id] : []));
    expect(winners).toHaveLength(1);
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    expect(refused).toHaveLength(49);
    for (const { extensions } of refused) {
      expect(extensions).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        key: 'code',
        fields: ['code'],
        id: winners[0],
      });
    }
    expect(await rowsOf("data ->> 'code' ilike 'race-1'")).toHaveLength(1);
  });

  test('race to move into one place: one gets there', async () => {
    const shelf = await shelfOf('narrow');
    const crates = await Promise.all(Array.from({ length: 20 }, () => created({})));
    const answers = await atOnce(20, (writer) =>
      update(crates[writer]?.id ?? '', { shelf: { id: shelf }, place: 1 }),
    );
    const winner = answers.flatMap(({ data }) => (data ? [crateIn(data).id] : []));
    expect(winner).toHaveLength(1);
    for (const { errors } of answers.filter(({ data }) => !data)) {
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        key: 'byPlace',
        id: winner[0],
      });
    }
  });

  test('upsert one key: one record, made once, and every write is in it', async () => {
    const shelf = await shelfOf('upserts');
    const answers = await atOnce(50, (writer) =>
      upsert({ byPlace: { shelf, place: 7 } }, { note: `writer ${writer}` }),
    );
    expect(answers.flatMap(codesOf)).toEqual([]);
    const payloads = answers.map(({ data }) => data?.['upsertCrate'] as { created: boolean; crate: Crate });
    expect(payloads.filter(({ created: isNew }) => isNew)).toHaveLength(1);
    expect(payloads.map(({ crate }) => crate.version).sort((a, b) => a - b)).toEqual(upTo(50));
    expect(await rowsOf(`data ->> 'shelf' = '${shelf}'`)).toMatchObject([{ version: 50 }]);
  });

  test('upsert what others delete: every answer is true of some moment, and one record is there at most', async () => {
    const answers = await atOnce(40, async (writer) => {
      if (writer % 4 !== 0) return upsert({ code: 'come-and-go' }, { note: `${writer}` });
      return ask('mutation { deleteCrates(where: { code: { eqInsensitive: "come-and-go" } }) { ids } }');
    });
    expect(onlyCodes(answers, ['CONFLICT'])).toEqual([]);
    expect((await rowsOf("data ->> 'code' = 'come-and-go'")).length).toBeLessThanOrEqual(1);
  });

  test('link in opposite directions and delete both ends: nothing dangles', async () => {
    for (let round = 0; round < 4; round += 1) {
      const pair = [await created({}), await created({})];
      const [a = '', b = ''] = pair.map(({ id }) => id);
      const answers = await atOnce(24, (writer) => {
        const [from, to] = writer % 2 === 0 ? [a, b] : [b, a];
        return writer % 6 < 4 ? update(from, { next: { id: to } }) : remove(from);
      });
      expect(onlyCodes(answers, ['NOT_FOUND', 'LINK_NOT_FOUND', 'DELETE_RESTRICTED', 'CONFLICT'])).toEqual(
        [],
      );
    }
  });

  test('two that each link to what the other deletes do not both get their way', async () => {
    for (let round = 0; round < 10; round += 1) {
      const pallet = await idOf('createPallet', 'pallet', 'CreatePalletInput', { name: `pallet ${round}` });
      const crate = await created({});
      const deletion = `mutation { deletePallet(id: "${pallet}") { id } }`;
      const answers = await Promise.all([update(crate.id, { pallet: { id: pallet } }), ask(deletion)]);
      expect(onlyCodes(answers, ['LINK_NOT_FOUND', 'CONFLICT'])).toEqual([]);
    }
  });

  test('change one state: the versions tell one legal way, without a gap', async () => {
    const { id } = await created({});
    const states = Object.keys(nextStates);
    const answers = await atOnce(60, async (writer) => update(id, { state: states[writer % states.length] }));
    expect(onlyCodes(answers, ['ILLEGAL_TRANSITION'])).toEqual([]);
    // Of two that ask for the state that is there already, nothing changes: they see a version that is told before.
    const seen = new Map(
      answers.flatMap(({ data }) => (data ? [[crateIn(data).version, crateIn(data).state]] : [])),
    );
    const history = [...seen]
      .sort(([left], [right]) => Number(left) - Number(right))
      .map(([, state]) => String(state));
    const way = history[0] === 'PACKED' ? history : ['PACKED', ...history];
    way.slice(1).forEach((state, index) => {
      expect(nextStates[String(way[index])]).toContain(state);
    });
    const [row] = await rowsOf(`id = '${id}'`);
    expect(row).toMatchObject({ version: way.length, data: { state: way.at(-1)?.toLowerCase() } });
  });

  test('change one version: exactly one does, and the others are told the version there is', async () => {
    const { id } = await created({});
    const answers = await atOnce(30, (writer) => update(id, { note: `${writer}` }, 1));
    expect(answers.filter(({ data }) => data)).toHaveLength(1);
    for (const { errors } of answers.filter(({ data }) => !data)) {
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'VERSION_CONFLICT', expected: 1, actual: 2 });
    }
    expect(await rowsOf(`id = '${id}'`)).toMatchObject([{ version: 2 }]);
  });

  test('delete one version: exactly one does', async () => {
    const { id } = await created({});
    const answers = await atOnce(20, () => ask(`mutation { deleteCrate(id: "${id}", ifVersion: 1) { id } }`));
    expect(answers.filter(({ data }) => data)).toHaveLength(1);
    expect(onlyCodes(answers, ['NOT_FOUND'])).toEqual([]);
  });

  test('re-parent, upsert and delete at once: each crate that is left stands on a shelf that is there', async () => {
    const shelves = await Promise.all(['left', 'middle', 'right'].map(shelfOf));
    const crates = await Promise.all(upTo(8).map((place) => created({ code: `move ${place}` })));
    const shelf = (at: number) => ({ id: shelves[at % 3] ?? '' });
    const answers = await atOnce(60, (writer) => {
      const { id } = crates[writer % crates.length] as Crate;
      const place = writer % 5;
      if (writer === 30) return ask(`mutation { deleteShelf(id: "${shelves[1]}") { id } }`);
      if (writer % 3 === 0) return update(id, { shelf: shelf(writer), place });
      if (writer % 3 === 1)
        return upsert({ code: `move ${1 + (writer % 8)}` }, { shelf: shelf(writer + 1), place });
      return upsert({ byPlace: { shelf: shelf(writer + 2).id, place } }, { note: `writer ${writer}` });
    });
    expect(onlyCodes(answers, ['UNIQUE_VIOLATION', 'LINK_NOT_FOUND', 'NOT_FOUND', 'CONFLICT'])).toEqual([]);
    expect(answers.filter(({ data }) => data).length).toBeGreaterThan(5);
    expect(await rowsOf(`data ->> 'shelf' = '${shelves[1]}'`)).toEqual([]);
  });

  test('mark and unmark while marks are deleted: no mark is left on one side alone', async () => {
    const { id } = await created({});
    const answers = await atOnce(40, (writer) => {
      const name = `mark ${writer % 3}`;
      if (writer % 5 === 0)
        return ask(`mutation { deleteMarks(where: { name: { eq: "${name}" } }) { ids } }`);
      if (writer % 5 === 1) return update(id, { marks: { remove: [{ by: { name } }] } });
      if (writer % 5 === 2) return update(id, { marks: { set: [{ by: { name } }] } });
      return update(id, { marks: { add: [{ create: { name } }] } });
    });
    expect(onlyCodes(answers, ['UNIQUE_VIOLATION', 'LINK_NOT_FOUND', 'CONFLICT'])).toEqual([]);
  });

  test('are numbered without a number twice, in bulk and one by one', async () => {
    const inputs = upTo(5).map(() => ({}));
    const text =
      'mutation ($inputs: [CreateCrateInput!]!) { createCrates(inputs: $inputs) { crates { number } } }';
    const answers = await atOnce(40, (writer) => (writer % 2 === 0 ? ask(text, { inputs }) : create({})));
    expect(answers.flatMap(codesOf)).toEqual([]);
    const numbers = await asAdmin(harness.database, (admin) =>
      admin.query("select data ->> 'number' as number from formwork.records where entity_type = 'crate'"),
    );
    expect(new Set(numbers.rows.map(({ number }) => number)).size).toBe(numbers.rows.length);
  });

  test('lock the same records in opposite order: each operation is applied whole, or not', async () => {
    const [a, b] = [await created({}), await created({})];
    const both = `mutation ($first: ID!, $second: ID!, $input: UpdateCrateInput!) {
      one: updateCrate(id: $first, input: $input) { crate { version } }
      two: updateCrate(id: $second, input: $input) { crate { version } } }`;
    // Few, because each of them ends a wait of all.
    const answers = await atOnce(6, (writer) => {
      const [first, second] = writer % 2 === 0 ? [a.id, b.id] : [b.id, a.id];
      return ask(both, { first, second, input: { note: `${writer}` } });
    });
    expect(onlyCodes(answers, ['CONFLICT'])).toEqual([]);
    const applied = answers.filter(({ data }) => data).length;
    expect(applied).toBeGreaterThan(0);
    const rows = await rowsOf(`id in ('${a.id}', '${b.id}')`);
    expect(rows.map(({ version }) => version)).toEqual([1 + applied, 1 + applied]);
    expect(new Set(rows.map(({ data }) => data['note'])).size).toBe(1);
  });

  test('and what would be broken by now would have been seen', async () => {
    const found = await asAdmin(harness.database, async (admin) => {
      await admin.query('begin');
      // Past every trigger, constraint and unique index.
      await admin.query("set local session_replication_role = 'replica'");
      await admin.query('drop index formwork.records_u1');
      const insert = `insert into formwork.records (tenant_id, entity_type, data) values ('${tenant.id}', `;
      const nowhere = '0193f5a2-7c1e-7000-8000-000000000000';
      const twice = JSON.stringify({ code: 'X', shelf: nowhere, place: 1 });
      for (const data of [twice, twice.toLowerCase()]) await admin.query(`${insert}'crate', '${data}')`);
      for (let time = 0; time < 2; time += 1) await admin.query(`${insert}'mark', '{"name": "same"}')`);
      await admin.query(`insert into formwork.record_links (tenant_id, entity_type, field, source_id, target_id)
        values ('${tenant.id}', 'crate', 'marks', '${nowhere}', '${nowhere}')`);
      const broken = await findBroken(admin);
      await admin.query('rollback');
      return broken;
    });
    expect(Object.keys(found)).toEqual(Object.keys(brokenPromises));
  });

  interface Crate {
    readonly id: string;
    readonly version: number;
    readonly state: string | null;
  }

  const crate = 'crate { id version state }';

  function atOnce(
    count: number,
    write: (writer: number) => Promise<GraphqlAnswer>,
  ): Promise<readonly GraphqlAnswer[]> {
    return Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  }

  function ask(text: string, variables?: object): Promise<GraphqlAnswer> {
    turn += 1;
    return (gateways[turn % gateways.length] as TestGateway).ask(tenant.keys.editor, text, variables);
  }

  function create(input: object) {
    return ask(`mutation ($input: CreateCrateInput!) { createCrate(input: $input) { ${crate} } }`, { input });
  }

  async function created(input: object): Promise<Crate> {
    const answer = await create(input);
    expect(answer.errors).toBeUndefined();
    return crateIn(answer.data);
  }

  function update(id: string, input: object, ifVersion: number | null = null) {
    const text = `mutation ($id: ID!, $input: UpdateCrateInput!, $ifVersion: Int) {
      updateCrate(id: $id, input: $input, ifVersion: $ifVersion) { ${crate} } }`;
    return ask(text, { id, input, ifVersion });
  }

  function upsert(by: object, input: object) {
    const text = `mutation ($by: CrateUniqueKey!, $input: CreateCrateInput!) {
      upsertCrate(by: $by, input: $input) { created ${crate} } }`;
    return ask(text, { by, input });
  }

  function remove(id: string) {
    return ask(`mutation { deleteCrate(id: "${id}") { id } }`);
  }

  function shelfOf(name: string): Promise<string> {
    return idOf('createShelf', 'shelf', 'CreateShelfInput', { name });
  }

  async function idOf(field: string, single: string, type: string, input: object): Promise<string> {
    const { data } = await ask(
      `mutation ($input: ${type}!) { ${field}(input: $input) { ${single} { id } } }`,
      { input },
    );
    return (data?.[field] as Record<string, Crate> | undefined)?.[single]?.id ?? '';
  }

  function crateIn(data: GraphqlAnswer['data']): Crate {
    const [payload] = Object.values(data ?? {}) as [{ readonly crate: Crate }];
    return payload.crate;
  }

  /** Codes of answers that are not among those that such a race may end with. */
  function onlyCodes(answers: readonly GraphqlAnswer[], expected: readonly string[]): unknown[] {
    return answers.flatMap((answer) => {
      return codesOf(answer).some((code) => !expected.includes(String(code))) ? [answer.errors] : [];
    });
  }

  function rowsOf(condition: string): Promise<{ version: number; data: Record<string, unknown> }[]> {
    return asAdmin(harness.database, async (admin) => {
      const { rows } = await admin.query(`select version, data from formwork.records where ${condition}`);
      return rows;
    });
  }
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
