/** How much one read, and one write, may ask for. */
export interface ReadLimits {
  /** Records of a page when neither `first` nor `last` is given. */
  readonly defaultPage: number;
  /** Most records of a page. */
  readonly largestPage: number;
  /** Most ids of `nodes(ids)`. */
  readonly nodes: number;
  /** Records that one bulk write may touch. */
  readonly writes: number;
  /** Operators in all filters of one statement. */
  readonly conditions: number;
  /** Levels of a filter: and, or, not and links. */
  readonly depth: number;
  /** Steps of an ordering. */
  readonly orderings: number;
  /** Most records that a search ranks; where more match, they come in the order of their ids. */
  readonly rankedMatches: number;
  /** Links that one statement follows; loaders read what is behind the others. */
  readonly nestedSelects: number;
  /** Records that one statement may give behind links, were all pages full; loaders read the rest. */
  readonly nestedRecords: number;
}

export const defaultReadLimits: ReadLimits = {
  defaultPage: 50,
  largestPage: 1000,
  nodes: 1000,
  writes: 10_000,
  conditions: 500,
  depth: 20,
  orderings: 20,
  rankedMatches: 10_000,
  nestedSelects: 60,
  nestedRecords: 300_000,
};
