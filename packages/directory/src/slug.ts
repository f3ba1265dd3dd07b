import { DirectoryError } from './errors.ts';
import { quote } from './quote.ts';

/** sql/003 repeats this. No underscore: in an API key the slug stands between two of them. */
const slugPattern = /^[a-z][a-z0-9-]*$/;
export const longestSlug = 50;

export function isSlug(text: string): boolean {
  return text.length <= longestSlug && slugPattern.test(text);
}

/** Throws unless `slug` can name a tenant. */
export function assertSlug(slug: unknown): asserts slug is string {
  if (typeof slug !== 'string' || !slugPattern.test(slug)) {
    throw new DirectoryError(
      'SLUG_INVALID',
      `${quote(slug)} cannot name a tenant: a slug begins with a letter a-z and has only a-z, 0-9 and "-", as "acme-2".`,
    );
  }
  if (slug.length > longestSlug) {
    throw new DirectoryError(
      'SLUG_INVALID',
      `The slug ${quote(slug)} has ${slug.length} characters; at most ${longestSlug} are allowed.`,
    );
  }
}
