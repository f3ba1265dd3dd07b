import { explainFailure } from '../src/embedded/explain-failure.ts';

test.each([
  [
    '/x/bin/postgres: error while loading shared libraries: libicuuc.so.60: cannot open shared object file: No such file',
    /shared library "libicuuc\.so\.60" is missing\. Install it/,
  ],
  ['dyld[1]: Library not loaded: @loader_path/../lib/libssl.3.dylib', /shared library "@loader_path.*libssl/],
  [
    "/x/initdb: /lib/libc.so.6: version `GLIBC_2.28' not found (required by /x/initdb)",
    /C library is too old: GLIBC_2\.28/,
  ],
  ['spawn /x/postgres ENOENT', /another C library \(glibc\).*Alpine/],
  [
    'spawn /x/postgres EACCES',
    /the user "postgres", who has to be able to reach this directory.*below [/]root[)]/,
  ],
  ['initdb: error: could not access directory "/home/x": Permission denied', /the user "postgres"/],
  ['FATAL:  could not write to file: No space left on device', /the disk is full/],
  ['FATAL:  database files are incompatible with server', /another version of Postgres/],
])('explains %j', (output, explanation) => {
  const error = explainFailure('It did not start', output);
  expect(error.name).toBe('SetupError');
  expect(error.message).toMatch(explanation);
  expect(error.message).toMatch(/^It did not start: .*(DATABASE_URL|FORMWORK_DATA_DIR)/s);
  expect(error.message).toContain(output);
});

test('passes on what it does not know, the last lines of it', () => {
  const output = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  expect(explainFailure('It did not start', output).message).toMatch(
    /^It did not start\.\nline 38\n.*line 49$/s,
  );
});
