import type { IncomingHttpHeaders } from 'node:http';
import { longestName } from '@formwork/registry-store';
import type { ClientName } from '../visit.ts';

/** What the client says of itself; null where it gives no name. Long names are cut. */
export function readClient(headers: IncomingHttpHeaders): ClientName | null {
  const name = textOf(headers['x-client-name']);
  return name === '' ? null : { name, version: textOf(headers['x-client-version']) };
}

function textOf(header: string | string[] | undefined): string {
  if (header === undefined) return '';
  return [header].flat().join(', ').trim().slice(0, longestName);
}
