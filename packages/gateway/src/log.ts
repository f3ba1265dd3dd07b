import { type DestinationStream, pino } from 'pino';
import type { GatewayOptions } from './config.ts';

/** As much of pino as the gateway uses; `child` carries the request's id along. */
export type Logger = ReturnType<typeof createLogger>;

/** JSON lines on standard output. Keys and values of requests are never logged: no call site passes them. */
export function createLogger(options: Pick<GatewayOptions, 'logLevel'>, destination?: DestinationStream) {
  const settings = { level: options.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}
