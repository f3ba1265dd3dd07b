export type MediaType = 'application/json' | 'application/graphql-response+json';

const offered: readonly MediaType[] = ['application/json', 'application/graphql-response+json'];

/** What browsers and clients send again and again, so that it is read once. Bounded: a client can send anything. */
const known = new Map<string, MediaType | null>();
const mostKnown = 500;

/**
 * The media type to answer in; null where the client takes neither. The client's weights decide, then its order;
 * without a wish, and for a wildcard, it is `application/json` (GraphQL over HTTP, "Legacy watershed").
 */
export function negotiate(accept: string | undefined): MediaType | null {
  if (accept === undefined || accept === '') return 'application/json';
  const before = known.get(accept);
  if (before !== undefined) return before;
  const chosen = choose(accept);
  if (known.size >= mostKnown) known.clear();
  known.set(accept, chosen);
  return chosen;
}

function choose(accept: string): MediaType | null {
  const wishes = accept
    .split(',')
    .flatMap((part) => readWish(part) ?? [])
    .sort((one, other) => other.weight - one.weight);
  // What is named and not wanted is not wanted by way of a wildcard either.
  const refused = new Set(wishes.filter(({ weight }) => weight === 0).map(({ range }) => range));
  for (const wish of wishes) {
    const found = offered.find((type) => matches(wish.range, type) && !refused.has(type));
    if (found && wish.weight > 0) return found;
  }
  return null;
}

function readWish(part: string): { readonly range: string; readonly weight: number } | null {
  const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && charset !== 'charset=utf-8' && charset !== 'charset="utf-8"') return null;
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1');
  return { range, weight: Number.isNaN(weight) ? 0 : weight };
}

function matches(range: string, type: MediaType): boolean {
  return range === type || range === '*/*' || range === 'application/*';
}

/** Whether a browser is asking for a page. */
export function wantsHtml(accept: string | undefined): boolean {
  return accept?.includes('text/html') ?? false;
}
