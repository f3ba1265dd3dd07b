import { type Caller, findTenantOfToken } from '@formwork/directory';
import type { DataPlane } from '@formwork/pg';
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { GatewayOptions } from '../config.ts';
import type { Logger } from '../log.ts';
import { requestError } from '../request-error.ts';
import { parsePublicKey } from './public-key.ts';
import { KeysUnavailableError, RemoteKeys } from './remote-keys.ts';
import { textClaimOf, usableClaims } from './token-claims.ts';

/** Whom a token stands for; null for one that is no good. */
export type FindByToken = (token: string) => Promise<Caller | null>;

/** Three parts of base64url. An API key has no dots. */
const looksLikeToken = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export function isToken(text: string): boolean {
  return looksLikeToken.test(text);
}

interface Trusted {
  readonly find: JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** How JSON Web Tokens are verified by these settings; null where no key is set, and no token is good. */
export function createTokens(options: GatewayOptions, dataPlane: DataPlane, log: Logger): FindByToken | null {
  const trusted = trustedKeys(options, log);
  if (trusted === null) return null;
  const rules: JWTVerifyOptions = {
    algorithms: [...trusted.algorithms],
    clockTolerance: options.jwtClockSkew,
    // One that never ends could not be taken back.
    requiredClaims: ['exp'],
    ...(options.jwtIssuer === undefined ? {} : { issuer: options.jwtIssuer }),
    ...(options.jwtAudience === undefined ? {} : { audience: options.jwtAudience }),
  };
  return async (token) => {
    const payload = await verify(token, trusted, rules);
    return payload === null ? null : toCaller(payload, options, dataPlane);
  };
}

function trustedKeys(options: GatewayOptions, log: Logger): Trusted | null {
  const { jwtSecret, jwtPublicKey, jwtJwksUrl } = options;
  if (jwtSecret !== undefined) {
    const secret = new TextEncoder().encode(jwtSecret);
    return { find: async () => secret, algorithms: ['HS256', 'HS384', 'HS512'] };
  }
  if (jwtPublicKey !== undefined) {
    const { key, algorithms } = parsePublicKey(jwtPublicKey);
    return { find: async () => key, algorithms };
  }
  if (jwtJwksUrl === undefined) return null;
  const remote = new RemoteKeys({
    url: jwtJwksUrl,
    cacheSeconds: options.jwtJwksCacheSeconds,
    cooldownSeconds: options.jwtJwksCooldownSeconds,
    onFailure: (error) => log.warn({ err: error }, 'the keys of tokens could not be read'),
  });
  return { find: remote.find, algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] };
}

async function verify(token: string, { find }: Trusted, rules: JWTVerifyOptions): Promise<JWTPayload | null> {
  try {
    return (await jwtVerify(token, find, rules)).payload;
  } catch (error) {
    if (error instanceof KeysUnavailableError) {
      throw requestError(
        'OVERLOADED',
        'The keys that tokens are signed with cannot be read just now. Try again in a moment.',
      );
    }
    if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithEach(token, error, rules);
    // Everything else that jose says is about the token, and TypeErrors are about a key of another kind.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

/** The token names no key, and several of the published ones could have signed it. */
async function verifyWithEach(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  rules: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  for await (const key of keys) {
    const payload = await verify(token, { find: async () => key, algorithms: [] }, rules);
    if (payload !== null) return payload;
  }
  return null;
}

/** Null unless the token names a tenant that is there and a subject. A role that the tenant has not is told later. */
/** Of JavaScript's dates; one beyond would be none, and a token that is good would be refused once it is remembered. */
const lastMoment = 8.64e15;

async function toCaller(
  payload: JWTPayload,
  options: GatewayOptions,
  dataPlane: DataPlane,
): Promise<Caller | null> {
  const slug = textClaimOf(payload, options.jwtTenantClaim);
  const subject = textClaimOf(payload, options.jwtSubjectClaim);
  if (slug === null || subject === null || subject.includes('\0')) return null;
  const found = await findTenantOfToken(dataPlane, slug);
  if (found === null) return null;
  return {
    ...found,
    role: textClaimOf(payload, options.jwtRoleClaim) ?? '',
    keyId: null,
    subject: `user:${subject}`,
    claims: usableClaims(payload),
    expiresAt: new Date(Math.min(((payload.exp ?? 0) + options.jwtClockSkew) * 1000, lastMoment)),
  };
}
