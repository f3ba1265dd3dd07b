/** How much one read may ask for. */
export interface ReadLimits {
  /** Records of a page when neither `first` nor `last` is given. */
  readonly defaultPage: number;
  /** Most records of a page. */
  readonly largestPage: number;
  /** Operators in all filters of one statement. */
  readonly conditions: number;
  /** Levels of a filter: and, or, not and links. */
  readonly depth: number;
  /** Steps of an ordering. */
  readonly orderings: number;
}

export const defaultReadLimits: ReadLimits = {
  defaultPage: 50,
  largestPage: 1000,
  conditions: 500,
  depth: 20,
  orderings: 20,
};
