import { type DestinationStream, pino } from 'pino';
import type { GatewayOptions } from './config.ts';

/** As much of pino as the gateway uses; `child` carries the request's id along. */
export type Logger = ReturnType<typeof createLogger>;

/** JSON lines on standard output. Keys and values of requests are never logged: no call site passes them. */
export function createLogger(
  options: Pick<GatewayOptions, 'logLevel'>,
  destination: DestinationStream = standardOutput(),
) {
  const settings = { level: options.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(settings, destination);
}

let shared: DestinationStream | undefined;

/**
 * What is logged in one turn of the event loop is one write at its end: under load that is a third of the cost. Nothing
 * waits for longer than that, and what waits when the process exits is written then.
 */
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
      setImmediate(flush);
    },
  };
  return shared;
}
