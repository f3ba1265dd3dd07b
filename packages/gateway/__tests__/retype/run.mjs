/**
 * `npm run soak:retype -- --way retype (or rename, remove) --records 1000000 --writers 16 --readers 16 --rate 500`: the test of
 * that name with as much to do as the sentence says, in processes of their own. Ends with 1 where a request failed, a read was wrong, a write was lost
 * or there were fewer than 300 requests a second (`--least-rate`).
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    way: { type: 'string', default: 'retype' },
    records: { type: 'string', default: '1000000' },
    writers: { type: 'string', default: '16' },
    readers: { type: 'string', default: '16' },
    rate: { type: 'string', default: '500' },
    'least-rate': { type: 'string', default: '300' },
  },
});
if (!['retype', 'rename', 'remove'].includes(values.way)) {
  throw new Error(`--way is "${values.way}": give "retype", "rename" or "remove"`);
}
for (const [name, value] of Object.entries(values)) {
  if (name === 'way') continue;
  if (!/^[0-9]{1,9}$/.test(value)) throw new Error(`--${name} is "${value}": give a whole number`);
}
const environment = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [
    `FORMWORK_SOAK_${name.toUpperCase().replace('-', '_')}`,
    value,
  ]),
);
const command = ['node_modules/jest/bin/jest.js', 'packages/gateway/__tests__/retype-under-load'];
spawn(process.execPath, command, { stdio: 'inherit', env: { ...process.env, ...environment } }).on(
  'exit',
  (code) => {
    process.exitCode = code ?? 1;
  },
);
