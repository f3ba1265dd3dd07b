import { generateKeyPairSync } from 'node:crypto';
import { readSettings, SettingsError, settings } from '@formwork/gateway';

test('has a default for everything that needs one', () => {
  const read = readSettings({});
  expect(read).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    dataDir: '.formwork',
    databaseUrl: undefined,
    logLevel: 'info',
    maxBody: 8 * 1024 * 1024,
    links: 'nested',
    corsOrigins: [],
    graphiql: true,
  });
});

test('reads values, and takes an empty variable for an absent one', () => {
  const read = readSettings({
    FORMWORK_PORT: '0',
    FORMWORK_HOST: '',
    FORMWORK_INTROSPECTION: 'off',
    FORMWORK_CORS_ORIGINS: 'https://a.example, http://localhost:3000',
    DATABASE_URL: 'postgres://localhost/x',
  });
  expect(read).toMatchObject({
    port: 0,
    host: '127.0.0.1',
    introspection: false,
    corsOrigins: ['https://a.example', 'http://localhost:3000'],
    databaseUrl: 'postgres://localhost/x',
  });
});

test('names every variable that is wrong and what it must be, and no value', () => {
  const read = () =>
    readSettings({
      FORMWORK_PORT: '70000',
      FORMWORK_LOG_LEVEL: 'loud',
      FORMWORK_SECRET: 'short',
      DATABASE_URL: 'mysql://root:hunter2@db',
      FORMWORK_CORS_ORIGINS: 'https://a.example/path',
      FORMWORK_GRAPHIQL: 'perhaps',
      FORMWORK_MAX_DEPTH: '1e3',
    });
  expect(read).toThrow(SettingsError);
  let message = '';
  try {
    read();
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain('FORMWORK_PORT must be a whole number from 0 to 65535.');
  expect(message).toContain('FORMWORK_LOG_LEVEL must be one of trace, debug, info');
  expect(message).toContain('FORMWORK_SECRET must have at least 16 characters.');
  expect(message).toContain('DATABASE_URL must be a URL like postgres://');
  expect(message).toContain('FORMWORK_CORS_ORIGINS must hold origins');
  expect(message).toContain('FORMWORK_GRAPHIQL must be true or false.');
  expect(message).toContain('FORMWORK_MAX_DEPTH must be');
  expect(message).not.toMatch(/hunter2|short|70000/);
});

test('describes every variable in a sentence', () => {
  const all = Object.values(settings);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, description } of all) {
    expect(name).toMatch(/^(FORMWORK_[A-Z_]+|DATABASE_URL)$/);
    expect(description).toMatch(/\.$/);
  }
});

test('tokens are verified with one kind of key, which is one that holds', () => {
  const read = (environment: Record<string, string>) => () => readSettings(environment);
  expect(read({ FORMWORK_JWT_SECRET: 'short' })).toThrow('FORMWORK_JWT_SECRET must have at least 32 bytes.');
  expect(read({ FORMWORK_JWT_PUBLIC_KEY: 'no key' })).toThrow('FORMWORK_JWT_PUBLIC_KEY must be a public key');
  expect(read({ FORMWORK_JWT_JWKS_URL: 'http://issuer.example/jwks' })).toThrow(
    'must be a URL like https://',
  );
  expect(
    read({
      FORMWORK_JWT_SECRET: 'x'.repeat(32),
      FORMWORK_JWT_JWKS_URL: 'https://issuer.example/jwks',
    }),
  ).toThrow('exclude each other');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') =>
    String(key.export({ type, format: 'pem' } as never));
  expect(read({ FORMWORK_JWT_PUBLIC_KEY: pem(publicKey, 'spki') })).toThrow('2048 bits or more');
  expect(read({ FORMWORK_JWT_PUBLIC_KEY: pem(privateKey, 'pkcs8') })).toThrow('must be the public key');
});
