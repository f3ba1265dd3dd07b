import { createPublicKey, type KeyObject } from 'node:crypto';

export interface PublicKey {
  readonly key: KeyObject;
  /** What may be signed with it, so that a token cannot choose: an HMAC over the public key is no signature. */
  readonly algorithms: readonly string[];
}

const ofCurve: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/**
 * Reads a public key written as PEM, with line ends or with `\n`.
 *
 * @throws Error that says what it must be
 */
export function parsePublicKey(pem: string): PublicKey {
  const text = pem.replaceAll('\\n', '\n');
  if (text.includes('PRIVATE KEY'))
    throw new Error('must be the public key: the private one stays with whoever signs');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    throw new Error('must be a public key as PEM, "-----BEGIN PUBLIC KEY-----" …');
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048)
    return { key, algorithms: ['RS256', 'RS384', 'RS512'] };
  const algorithm = key.asymmetricKeyType === 'ec' ? ofCurve[namedCurve] : undefined;
  if (algorithm === undefined)
    throw new Error('must be an RSA key of 2048 bits or more, or an EC key on P-256, P-384 or P-521');
  return { key, algorithms: [algorithm] };
}
