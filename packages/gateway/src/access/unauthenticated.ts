import type { GraphQLError } from 'graphql';
import { requestError } from '../request-error.ts';

/** The same for a missing, unknown, revoked and expired key or token: what was wrong helps only those who guess. */
export function unauthenticated(): GraphQLError {
  return requestError(
    'UNAUTHENTICATED',
    'A valid API key is needed: send it as "Authorization: Bearer fw_…". `formwork key create` makes one.',
    { headers: { 'www-authenticate': 'Bearer' } },
  );
}
