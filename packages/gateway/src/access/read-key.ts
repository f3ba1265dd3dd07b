import type { IncomingHttpHeaders } from 'node:http';

/** Far above the length of any key, and room for a token of many claims; what is longer is not looked at. */
const longest = 8_192;

/** The API key or token of a request, from `Authorization: Bearer …` or `x-api-key`; null where there is none, or two. */
export function readKey(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const named = headers['x-api-key'];
  if (headers.authorization !== undefined && bearer === undefined) return null;
  if (bearer !== undefined && named !== undefined && named !== bearer) return null;
  const key = bearer ?? named;
  return typeof key === 'string' && key.length > 0 && key.length <= longest ? key : null;
}
