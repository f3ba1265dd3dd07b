import type { FieldDocument } from '@formwork/registry';
import { documentOf, type Setup, setUp } from './setup.ts';

let setup: Setup;

beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.close());

const document = (...fields: FieldDocument[]) =>
  documentOf({ key: 'thing', fields: [{ key: 'name', type: 'text' }, ...fields] });

test('a default that its pattern does not match is refused, when it is made and when it is changed', async () => {
  const tenant = await setup.tenant();
  const code = (value: string, pattern = '^[A-Z]{2}\\s\\d+$') =>
    document({ key: 'code', type: 'text', default: value, options: { pattern } });
  await expect(setup.apply(tenant, code('nope'))).rejects.toMatchObject({
    problems: [
      {
        code: 'DEFAULT_INVALID',
        path: 'entities[0].fields[1].default',
        message:
          'The default of the field "code", "nope", does not match its pattern ^[A-Z]{2}\\s\\d+$. Change one of the two.',
      },
    ],
  });
  expect((await setup.apply(tenant, code('AB\u00a01'))).version).toBe(1);
  await expect(setup.apply(tenant, code('AB 1', '^[a-z]+$'))).rejects.toMatchObject({
    problems: [{ code: 'DEFAULT_INVALID' }],
  });
  await expect(setup.apply(tenant, code('ab 1'))).rejects.toMatchObject({
    problems: [{ code: 'DEFAULT_INVALID' }],
  });
});
