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

test('a slow pattern lets others have their turn between the values that are there, and is given up', async () => {
  const tenant = await setup.tenant();
  await setup.apply(tenant, document({ key: 'code', type: 'text' }));
  const code = 'é'.repeat(990);
  await setup.write(tenant, 'thing', ...Array.from({ length: 2000 }, () => ({ code })));
  let turns = 0;
  const others = setInterval(() => {
    turns += 1;
  }, 1);
  const started = process.cpuUsage();
  const pattern = '^[\\p{L}\\p{N}\\p{P}\\p{S}\\p{Z}]{0,1000}$';
  const { codes, messages } = await setup.refusal(
    tenant,
    document({ key: 'code', type: 'text', options: { pattern } }),
  );
  clearInterval(others);
  expect(codes).toEqual(['PATTERN_INVALID at entities[0].fields[1].options.pattern']);
  expect(messages[0]).toContain('takes too long to match the values that are there');
  expect(turns).toBeGreaterThan(10);
  // To its end it would be 15 seconds and more.
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000);
});
