import { museum } from './write-design.ts';
import { createWriteHarness, refusalOf, type WriteHarness } from './write-harness.ts';

let harness: WriteHarness;
const nothing = { fields: [] };

beforeAll(async () => {
  harness = await createWriteHarness(museum);
});

afterAll(() => harness.close());

function create(typeName: string, input: Readonly<Record<string, unknown>>) {
  return harness.mutate((records) => records.create(typeName, input, nothing));
}

describe('a default that is copied through a link', () => {
  test('is copied once, exactly, and stays when the other changes', async () => {
    const exact = '12345678901234567890.10';
    const specimen = await create('Specimen', { name: 'Ammonite', exact });
    const loan = await create('Loan', { specimen: { id: specimen.id } });
    expect(await harness.dataOf(loan.id)).toContain(`"value": ${exact}`);
    await harness.mutate((records) => records.update('Specimen', specimen.id, { exact: '1' }, null, nothing));
    expect(await harness.dataOf(loan.id)).toContain(`"value": ${exact}`);
  });

  test('gives way to a value that is given', async () => {
    const specimen = await create('Specimen', { name: 'Ammonite', exact: '1' });
    const loan = await create('Loan', { specimen: { id: specimen.id }, value: '2' });
    expect(await harness.dataOf(loan.id)).toContain('"value": 2');
  });

  test('is copied from a record that is created with it', async () => {
    const loan = await create('Loan', { specimen: { create: { name: 'Ammonite', exact: '7.70' } } });
    expect(await harness.dataOf(loan.id)).toContain('"value": 7.70');
  });

  test('that is required and not there is a violation', async () => {
    const specimen = await create('Specimen', { name: 'Ammonite' });
    const error = await refusalOf(create('Loan', { specimen: { id: specimen.id } }));
    expect(error).toMatchObject({
      code: 'VALIDATION_FAILED',
      message: '"Value" is required, and what "Specimen" leads to has none to copy. Give a value.',
      details: { violations: [{ path: ['input', 'value'], code: 'REQUIRED' }] },
    });
  });

  test('that is required and not there is told where it was to be, as far as that is known', async () => {
    const specimen = { create: { name: 'Ammonite' } };
    const pathOf = async (inputs: readonly Readonly<Record<string, unknown>>[]) => {
      const created = harness.mutate((records) => records.createMany('Loan', inputs, { fields: [] }));
      const { violations } = (await refusalOf(created)).details;
      return (violations as { path: unknown }[])[0]?.path;
    };
    expect(await pathOf([{ specimen, value: '1' }, { specimen }])).toEqual(['inputs', 1, 'value']);
    expect(await pathOf([{ specimen }, { specimen }])).toEqual(['inputs']);
  });

  test('is not mistaken for a JSON value of that form', async () => {
    const loan = await create('Loan', { specimen: { create: { name: 'Ammonite', exact: '1' } } });
    expect(await harness.dataOf(loan.id)).toContain('"remarks": {"from": "nowhere"}');
  });
});
