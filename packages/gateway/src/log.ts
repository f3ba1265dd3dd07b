import { type DestinationStream, pino } from 'pino';
import type { GatewayOptions } from './config.ts';

/** As much of pino as the gateway uses; `child` carries the request's id along. */
export type Logger = ReturnType<typeof createLogger>;

/** JSON lines on standard output. Keys and values of requests are never logged: no call site passes them. */
export function createLogger(
  options: Pick<GatewayOptions, 'logLevel'>,
  destination: DestinationStream = standardOutput(),
) {
  const log = pino({ level: options.logLevel, base: null, timestamp }, destination);
  destinations.set(log, destination);
  return log;
}

/** Of the loggers that are made here. */
const destinations = new WeakMap<object, DestinationStream>();

/** What is logged of each request, under these names: one at least. */
export type RequestLine = Readonly<Record<string, string | number | null | undefined>>;

/**
 * As `log.info(line, 'request')`, to the byte. There is one such line for each request, and of what a request costs pino
 * would take a twentieth.
 */
export function logRequest(log: Logger, line: RequestLine): void {
  const destination = destinations.get(log);
  if (destination === undefined || log.levelVal > info) {
    log.info(line, 'request');
    return;
  }
  // Of pieces that are added up one by one each would be kept until the line is written.
  const members = JSON.stringify(line).slice(1, -1);
  destination.write(`${level}${timestamp()},${members},"msg":"request"}\n`);
}

const info = pino.levels.values.info ?? 30;
const level = `{"level":${info}`;

let second = 0;
let untilSecond = '';

/** As `pino.stdTimeFunctions.isoTime`; up to the second it is put together once for all lines of that second. */
function timestamp(): string {
  const now = Date.now();
  const milliseconds = now % 1000;
  if (now - milliseconds !== second) {
    second = now - milliseconds;
    untilSecond = `,"time":"${new Date(now).toISOString().slice(0, -4)}`;
  }
  return `${untilSecond}${String(milliseconds).padStart(3, '0')}Z"`;
}

let shared: DestinationStream | undefined;

/** Milliseconds for which a line may wait for others, so that under load one write takes many. */
const longestWait = 20;

/** Nothing waits for longer than that, and what waits when the process exits is written then. */
function standardOutput(): DestinationStream {
  if (shared !== undefined) return shared;
  const output = pino.destination({ dest: 1, sync: true, minLength: 16_000 });
  let isWaiting = false;
  const flush = (): void => {
    isWaiting = false;
    output.flush();
  };
  process.on('exit', () => output.flushSync());
  shared = {
    write(line) {
      output.write(line);
      if (isWaiting) return;
      isWaiting = true;
      setTimeout(flush, longestWait).unref();
    },
  };
  return shared;
}
