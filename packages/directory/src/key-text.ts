import { createHash, randomBytes } from 'node:crypto';
import { longestSlug } from './slug.ts';

/** `fw_<slug>_<secret>`: 32 random bytes as base64url without padding. */
const keyPattern = /^fw_([a-z][a-z0-9-]*)_([A-Za-z0-9_-]{43})$/;
const longestKey = 'fw_'.length + longestSlug + '_'.length + 43;

export interface ParsedKey {
  readonly slug: string;
  readonly secret: string;
}

/** What the text of a key says, or null if it is none. Never throws, whatever it is given, and reads no long text. */
export function parseKey(text: unknown): ParsedKey | null {
  if (typeof text !== 'string' || text.length > longestKey) return null;
  const [, slug, secret] = keyPattern.exec(text) ?? [];
  return slug === undefined || secret === undefined || slug.length > longestSlug ? null : { slug, secret };
}

/** A new key's text and the hash that is kept of it. */
export function makeKey(slug: string): { readonly text: string; readonly hash: Buffer } {
  const secret = randomBytes(32).toString('base64url');
  return { text: `fw_${slug}_${secret}`, hash: hashOf(secret) };
}

/** sha256: a secret of 256 random bits cannot be guessed, so nothing has to be slowed down. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
