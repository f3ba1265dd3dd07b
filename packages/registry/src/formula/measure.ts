import type { Computation } from './computation.ts';

interface Measure {
  /** Values, operators and calls, with all that is used of other computed fields. */
  readonly parts: number;
  /** Links followed in all, and one behind the other. */
  readonly links: number;
  readonly linkDepth: number;
}

/** Computations that several others use are measured once: written out, they may be exponentially large. */
const measured = new WeakMap<Computation, Measure>();

export function measure(value: Computation): Measure {
  const known = measured.get(value);
  if (known !== undefined) {
    return known;
  }
  const inner = partsOf(value).map(measure);
  const isLink = value.kind === 'through' ? 1 : 0;
  const result = {
    parts: inner.reduce((sum, { parts }) => sum + parts, 1),
    links: inner.reduce((sum, { links }) => sum + links, isLink),
    linkDepth: isLink + Math.max(0, ...inner.map(({ linkDepth }) => linkDepth)),
  };
  measured.set(value, result);
  return result;
}

function partsOf(value: Computation): readonly Computation[] {
  switch (value.kind) {
    case 'call':
      return value.arguments;
    case 'through':
      return [value.value];
    default:
      return [];
  }
}
