import type { IncomingHttpHeaders } from 'node:http';

/** Short answers are cheaper to send than to compress. */
const fewestBytes = 100_000;

/** Of introspection and SDL, which repeat themselves, a fiftieth is left: 1.7 MB are 40 KB. */
export function isWorthGzip(body: string | Buffer): body is string {
  return typeof body === 'string' && body.length >= fewestBytes;
}

/** "gzip;q=0" says that it is not. */
export function acceptsGzip(headers: IncomingHttpHeaders): boolean {
  return String(headers['accept-encoding'] ?? '')
    .split(',')
    .some((one) => /^\s*gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(one));
}
