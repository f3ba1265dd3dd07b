/**
 * `npm run fuzz:isolation -- --operations 1000000 --seed 5` and `npm run isolation-report -- --out file`: the tests of
 * that name with more to do.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const tests = { fuzz: 'isolation-fuzz', report: 'isolation-report' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    operations: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string', default: 'docs/isolation-report.md' },
  },
});
const [what] = positionals;
const test = tests[what];
if (test === undefined) throw new Error(`"${what}" is not one of ${Object.keys(tests).join(', ')}`);
for (const name of ['operations', 'seed']) {
  const value = values[name];
  if (value !== undefined && !/^[1-9][0-9]{0,9}$/.test(value)) {
    throw new Error(`--${name} is "${value}": give a whole number from 1`);
  }
}

const environment = {
  ...process.env,
  ...(values.operations && { FORMWORK_OPERATIONS: values.operations }),
  ...(values.seed && { FORMWORK_SEED: values.seed }),
  ...(what === 'report' && { FORMWORK_ISOLATION_REPORT: resolve(values.out) }),
};
const command = ['node_modules/jest/bin/jest.js', `packages/gateway/__tests__/${test}`];
spawn(process.execPath, command, { stdio: 'inherit', env: environment }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
