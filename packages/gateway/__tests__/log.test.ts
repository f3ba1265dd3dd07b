import { createLogger } from '@formwork/gateway';
import { logRequest } from '../src/log.ts';

const listen = (logLevel: 'info' | 'warn') => {
  const lines: string[] = [];
  const log = createLogger({ logLevel }, { write: (line) => lines.push(line) });
  return { log, lines };
};

const timed = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/;

test('the line of a request is, to the byte, what pino would make of it', () => {
  const { log, lines } = listen('info');
  const requests = [
    { request: 'a-b', method: 'POST', path: '/graphql', tenant: 'shop', status: 200, milliseconds: 0.7 },
    { path: '/"\\\n\u0007/é/💶/\ud800/\u2028', operation: '', code: null, type: undefined, status: 499 },
  ];
  for (const request of requests) {
    log.info(request, 'request');
    logRequest(log, request);
  }
  const untimed = lines.map((line) => line.replace(timed, '"time":""'));
  expect(untimed[1]).toBe(untimed[0]);
  expect(untimed[3]).toBe(untimed[2]);
  expect(lines).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(timed)));
});

test('the time of a line is that of the moment', () => {
  jest.useFakeTimers();
  const { log, lines } = listen('info');
  for (const moment of ['2026-01-01T00:00:00.007Z', '2026-01-01T00:00:00.999Z', '2026-01-01T00:00:01.050Z']) {
    jest.setSystemTime(new Date(moment));
    logRequest(log, { status: 200 });
    log.info('another');
    expect(lines.splice(0).map((line) => JSON.parse(line).time)).toEqual([moment, moment]);
  }
  jest.useRealTimers();
});

test('nothing is written of requests where only warnings are asked for', () => {
  const { log, lines } = listen('warn');
  logRequest(log, { status: 200 });
  expect(lines).toEqual([]);
});
